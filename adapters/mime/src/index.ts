/** The MessageInspector port: MIME parts, text and attachment types, read in a worker thread with caps. */
export { createMessageInspector, messageText, type InspectorOptions } from './message-inspector.ts';
