/**
 * A server with the documented answers of Meilisearch v1, as far as our adapter asks: indexes, settings, documents, search,
 * swap and tasks that are done one after the other, later. It proves what we ask and what we make of answers; it does not
 * prove Meilisearch, for which there is SLUICE_MEILI_URL.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Stored } from './filter.ts';
import { Refused, search, type SearchBody, type Settings } from './search.ts';

interface Index {
  documents: Map<string, Stored>;
  /** Of all documents that it ever had. */
  readonly fields: Set<string>;
  settings: Settings;
}

interface Task {
  readonly uid: number;
  readonly type: string;
  status: string;
  error: object | null;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface MeilisearchDouble {
  readonly url: string;
  /** What was asked, `POST /indexes/x/search`. */
  readonly asked: readonly string[];
  /** The next task of this type fails with this code. */
  failNext(type: string, code: string): void;
  indexNames(): readonly string[];
  /** From now on tasks stay enqueued. */
  stall(): void;
  /** From now on finished tasks are deleted at once. */
  forgetTasks(): void;
  /** The key is for some indexes only: of tasks over several it is shown none. */
  restrictKey(): void;
  /** The next request is answered with this status and code. */
  refuseNext(status: number, code: string): void;
  /** From now on searches end before they are sorted. */
  runOutOfTime(): void;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  internal: 'internal',
  no_space_left_on_device: 'system',
  io_error: 'system',
  too_many_search_requests: 'system',
  invalid_api_key: 'auth',
  missing_authorization_header: 'auth',
};

const problem = (status: number, code: string, message: string): Answer => ({
  status,
  body: {
    message,
    code,
    type: types[code] ?? 'invalid_request',
    link: `https://docs.meilisearch.com/errors#${code}`,
  },
});

/** Others are refused as a whole. */
const knownSettings = new Set(
  'searchableAttributes filterableAttributes sortableAttributes displayedAttributes rankingRules typoTolerance separatorTokens nonSeparatorTokens localizedAttributes searchCutoffMs pagination faceting'.split(
    ' ',
  ),
);

const isDocumentId = (id: unknown): boolean => typeof id === 'string' && /^[A-Za-z0-9_-]{1,511}$/.test(id);

class Failed extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`It failed with ${code}.`);
    this.code = code;
  }
}

export async function startMeilisearchDouble(key: string): Promise<MeilisearchDouble> {
  const indexes = new Map<string, Index>();
  const tasks: Task[] = [];
  const asked: string[] = [];
  const failures = new Map<string, string>();
  const refusals: Answer[] = [];
  const is = { stalled: false, forgetful: false, restricted: false, late: false };

  const indexOf = (uid: string): Index => {
    const index = indexes.get(uid);
    if (index === undefined) throw new Failed('index_not_found');
    return index;
  };

  /** Settings and documents make an index that is not there. */
  const madeIndex = (uid: string): Index => {
    const index: Index = indexes.get(uid) ?? { documents: new Map(), fields: new Set(), settings: {} };
    indexes.set(uid, index);
    return index;
  };

  const enqueue = (type: string, work: () => void): Answer => {
    const task: Task = { uid: tasks.length, type, status: 'enqueued', error: null };
    tasks.push(task);
    if (!is.stalled) setImmediate(() => perform(task, work));
    return {
      status: 202,
      body: { taskUid: task.uid, indexUid: null, status: 'enqueued', type, enqueuedAt: '' },
    };
  };

  const perform = (task: Task, work: () => void): void => {
    try {
      const code = failures.get(task.type);
      failures.delete(task.type);
      if (code !== undefined) throw new Failed(code);
      work();
      task.status = 'succeeded';
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      task.status = 'failed';
      task.error = problem(400, error.code, error.message).body;
    }
  };

  const answerIndex = (method: string, [uid = '', part, id]: readonly string[], body: unknown): Answer => {
    if (method === 'DELETE') {
      return enqueue('indexDeletion', () => {
        if (!indexes.delete(uid)) throw new Failed('index_not_found');
      });
    }
    if (part === 'settings') {
      const unknown = Object.keys(body as Settings).find((name) => !knownSettings.has(name));
      if (unknown !== undefined) return problem(400, 'bad_request', `Unknown field \`${unknown}\`.`);
      return enqueue('settingsUpdate', () => Object.assign(madeIndex(uid).settings, body as Settings));
    }
    if (part === 'documents' && id === 'delete-batch') {
      return enqueue('documentDeletion', () => {
        for (const gone of body as string[]) indexOf(uid).documents.delete(gone);
      });
    }
    if (part === 'documents' && method === 'POST') {
      return enqueue('documentAdditionOrUpdate', () => {
        const added = body as Stored[];
        if (!added.every(({ id: own }) => isDocumentId(own))) throw new Failed('invalid_document_id');
        const index = madeIndex(uid);
        for (const one of added) {
          index.documents.set(String(one['id']), one);
          for (const name of Object.keys(one)) index.fields.add(name);
        }
      });
    }
    if (!indexes.has(uid)) return problem(404, 'index_not_found', `Index \`${uid}\` not found.`);
    const index = indexOf(uid);
    if (part === 'search') {
      const asked = { body: body as SearchBody, isLate: is.late, fields: index.fields };
      return { status: 200, body: search([...index.documents.values()], index.settings, asked) };
    }
    const document = index.documents.get(id ?? '');
    return document === undefined
      ? problem(404, 'document_not_found', `Document \`${id}\` not found.`)
      : { status: 200, body: document };
  };

  const answer = (method: string, path: string, body: unknown): Answer => {
    const [room, ...rest] = path.split('/').slice(1).map(decodeURIComponent);
    if (room === 'tasks') {
      const task = tasks[Number(rest[0])];
      const isGone = is.forgetful && task?.status !== 'enqueued';
      const isHidden = is.restricted && task?.type === 'indexSwap';
      return task === undefined || isGone || isHidden
        ? problem(404, 'task_not_found', `Task \`${rest[0]}\` not found.`)
        : { status: 200, body: task };
    }
    if (room === 'swap-indexes') {
      return enqueue('indexSwap', () => {
        for (const { indexes: pair } of body as { indexes: [string, string] }[]) {
          const [left, right] = pair.map(indexOf);
          indexes.set(pair[0], right!).set(pair[1], left!);
        }
      });
    }
    if (room === 'indexes' && rest.length === 0) {
      const { uid } = body as { uid: string };
      return enqueue('indexCreation', () => {
        if (indexes.has(uid)) throw new Failed('index_already_exists');
        madeIndex(uid);
      });
    }
    return room === 'indexes' ? answerIndex(method, rest, body) : problem(404, 'not_found', 'Not found.');
  };

  const respond = async (request: IncomingMessage): Promise<Answer> => {
    const { method = 'GET', url = '/' } = request;
    const body: unknown = method === 'GET' || method === 'DELETE' ? undefined : await json(request);
    const path = new URL(url, 'http://localhost').pathname;
    asked.push(`${method} ${path}`);
    const refusal = refusals.shift();
    if (refusal !== undefined) return refusal;
    if (request.headers.authorization === undefined)
      return problem(401, 'missing_authorization_header', 'The Authorization header is missing.');
    if (request.headers.authorization !== `Bearer ${key}`)
      return problem(403, 'invalid_api_key', 'The provided API key is invalid.');
    try {
      return answer(method, path, body);
    } catch (error) {
      if (error instanceof Refused) return problem(400, error.code, error.message);
      if (error instanceof SyntaxError) return problem(400, 'invalid_search_filter', error.message);
      throw error;
    }
  };

  const server = createServer((request, response) => {
    respond(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) =>
        response.writeHead(500).end(JSON.stringify({ message: String(error), code: 'internal' })),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    failNext: (type, code) => void failures.set(type, code),
    indexNames: () => [...indexes.keys()],
    stall: () => void (is.stalled = true),
    forgetTasks: () => void (is.forgetful = true),
    restrictKey: () => void (is.restricted = true),
    refuseNext: (status, code) => void refusals.push(problem(status, code, `It is refused with ${code}.`)),
    runOutOfTime: () => void (is.late = true),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
