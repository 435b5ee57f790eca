/** The outbox's writer thread: takes groups of operations, commits each with one fsync, and tidies up when it is quiet. */
import { parentPort, workerData } from 'node:worker_threads';
import { openOutboxFile } from './outbox-file.ts';
import { unpackGroup, type WriterRequest } from './outbox-post.ts';
import { createOutboxStore } from './outbox-store.ts';

const { file, edge } = workerData as { readonly file: string; readonly edge: string };
const database = openOutboxFile(file);
const store = createOutboxStore(database, edge);

/** How long no group may have come before free pages are given back, and the pause between two steps of that, in ms. */
const quietMs = 500;
const stepMs = 10;

let timer: NodeJS.Timeout | undefined;
const tidyIn = (ms: number): void => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (store.tidy()) tidyIn(stepMs);
  }, ms);
};
tidyIn(quietMs);

parentPort?.on('message', (request: WriterRequest) => {
  if (request.kind === 'close') {
    clearTimeout(timer);
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(store.apply(unpackGroup(request)));
  tidyIn(quietMs);
});
