/** A subscription of the api over HTTP, read as a browser's EventSource reads it (server-sent events). */

export interface ServerEvent {
  /** `message` where the server names none. */
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

export interface EventStream {
  readonly status: number;
  readonly contentType: string | null;
  /** The next one with data, or undefined when the server has ended the stream. Throws after `deadlineMs`. */
  next(deadlineMs?: number): Promise<ServerEvent | undefined>;
  close(): void;
}

export interface StreamRequest {
  /** Base URL of the api. */
  readonly url: string;
  readonly path: string;
  readonly input: unknown;
  readonly token?: string;
  /** As EventSource sends it when it comes again. */
  readonly lastEventId?: string;
}

export async function openEventStream({
  url,
  path,
  input,
  token,
  lastEventId,
}: StreamRequest): Promise<EventStream> {
  const stop = new AbortController();
  const response = await fetch(`${url}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    signal: stop.signal,
    headers: {
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const events = parse(response.body ?? new ReadableStream());
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    async next(deadlineMs = 10_000) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(new Error(`no event within ${deadlineMs} ms`)), deadlineMs);
      try {
        const { value } = await Promise.race([events.next(), late]);
        return value ?? undefined;
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => stop.abort(),
  };
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    let end = text.indexOf('\n\n');
    while (end >= 0) {
      const found = eventOf(text.slice(0, end));
      text = text.slice(end + 2);
      if (found !== undefined) yield found;
      end = text.indexOf('\n\n');
    }
  }
}

function eventOf(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  if (!fields.has('data') && !fields.has('event')) return undefined;
  const data = fields.get('data') ?? '';
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id'),
    data: data === '' ? undefined : (JSON.parse(data) as unknown),
  };
}
