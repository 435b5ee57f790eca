/** Filters of $all by stream name or event type: each interned name is judged once, then known by its number. */
import type { EventHeader } from '../store/reads.ts';
import type { EventLog } from '../store/event-log.ts';
import { invalidArgument } from '../grpc/status.ts';
import type { FilterOptions } from '../protocol/read-messages.ts';

export type Filter = (event: EventHeader) => boolean;

const longestRegex = 1024;

/** Throws GrpcError for an expression that is none. */
export function createFilter(options: FilterOptions, { streams, types }: EventLog): Filter {
  const matches = nameTest(options);
  if (options.on === 'stream') {
    const known = remembered((id) => matches(streams.byId(id).name));
    return (event) => known(event.stream);
  }
  const known = remembered((id) => matches(types.byId(id).name));
  return (event) => known(event.type);
}

function nameTest({ regex, prefixes }: FilterOptions): (name: string) => boolean {
  if (regex === undefined || regex === '') {
    if (prefixes.length === 0) return () => true;
    return (name) => prefixes.some((prefix) => name.startsWith(prefix));
  }
  if (regex.length > longestRegex) {
    throw invalidArgument(`The filter is longer than ${longestRegex} characters`);
  }
  try {
    const expression = new RegExp(regex);
    return (name) => expression.test(name);
  } catch {
    throw invalidArgument('The filter is not a regular expression');
  }
}

/** Answers by number, a byte each: 0 not asked yet, 1 no, 2 yes. */
function remembered(test: (id: number) => boolean): (id: number) => boolean {
  let answers = new Uint8Array(256);
  return (id) => {
    if (id >= answers.length) {
      const larger = new Uint8Array(Math.max(id + 1, answers.length * 2));
      larger.set(answers);
      answers = larger;
    }
    if (answers[id] === 0) answers[id] = test(id) ? 2 : 1;
    return answers[id] === 2;
  };
}
