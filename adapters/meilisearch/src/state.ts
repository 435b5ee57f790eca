/** What an index knows of itself: its layout, which making it is, and how far it is complete. A document beside the mails. */
import { randomUUID } from 'node:crypto';
import type { Server } from './server.ts';
import { layout, settings, textFields } from './settings.ts';

export interface IndexState {
  readonly id: 'state';
  readonly kind: 'state';
  readonly layout: number;
  /** Another one for each index ever made: a writer sees that its own was swapped away. */
  readonly generation: string;
  readonly checkpoint?: string;
}

/**
 * Before a document had a field, Meilisearch may refuse to search in it, though it is a searchable one by the settings
 * (meilisearch#5921): the state has them all.
 */
const emptyFields = Object.fromEntries(textFields.map((name) => [name, '']));

/** undefined: there is no index yet, or it was left half made. */
export const readState = (server: Server, uid: string): Promise<IndexState | undefined> =>
  server.askFor(
    (client) => client.index<IndexState>(uid).getDocument<IndexState>('state'),
    'index_not_found',
    'document_not_found',
  );

/** Makes an index with its settings; the state comes last, so that what has one is whole. */
export async function makeIndex(server: Server, uid: string): Promise<IndexState> {
  await server.perform((client) => client.createIndex(uid, { primaryKey: 'id' }), 'index_already_exists');
  await server.perform((client) => client.index(uid).updateSettings(settings));
  const state: IndexState = { id: 'state', kind: 'state', layout, generation: randomUUID() };
  await server.perform((client) =>
    client.index(uid).addDocuments([{ ...emptyFields, ...state }], { primaryKey: 'id' }),
  );
  return state;
}

export const removeIndex = (server: Server, uid: string): Promise<void> =>
  server.perform((client) => client.deleteIndex(uid), 'index_not_found');
