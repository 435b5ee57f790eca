/** Mails read in worker threads with caps: MIME parts, text and attachment types for the judges, and a view for people. */
export { createMessageInspector, messageText, type InspectorOptions } from './message-inspector.ts';
export { createMailViewer, type ViewerOptions } from './view/mail-viewer.ts';
