/** The request message of Streams.Read (streams.proto) and its small answers. */
import type { Direction } from '../store/requests.ts';
import { invalidArgument } from '../grpc/status.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { readStreamIdentifier } from './append-messages.ts';

/** Where to begin: a revision in a stream, a position in $all, or an end of either. */
export type From = number | 'start' | 'end';

/** What is read: one stream, or $all. */
export type Source =
  | { readonly kind: 'stream'; readonly name: string; readonly from: From }
  | { readonly kind: 'all'; readonly from: From };

export interface FilterOptions {
  readonly on: 'stream' | 'type';
  readonly regex: string | undefined;
  readonly prefixes: readonly string[];
  /** Events looked at between two checkpoints. */
  readonly checkpointInterval: number;
}

export interface ReadRequest {
  readonly source: Source;
  readonly direction: Direction;
  /** Events at most; undefined: a subscription. */
  readonly count: number | undefined;
  readonly filter: FilterOptions | undefined;
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
}

export function readReadRequest(bytes: Buffer): ReadRequest {
  const reader = new ProtobufReader(bytes);
  let request: ReadRequest | undefined;
  while (reader.next()) if (reader.field === 1) request = readOptions(reader.message());
  if (request === undefined) throw invalidArgument('The options are missing');
  return request;
}

interface Options {
  source?: Source;
  direction: Direction;
  count?: number | 'unlimited';
  filter?: FilterOptions;
  resolveLinks: boolean;
  structuredIds: boolean;
}

/** How each field of the options is read, by its number; others (leadership) mean nothing to one node. */
const optionFields: Readonly<Record<number, (reader: ProtobufReader, options: Options) => void>> = {
  1: (reader, options) => void (options.source = readStreamOptions(reader.message())),
  2: (reader, options) => void (options.source = readAllOptions(reader.message())),
  3: (reader, options) => void (options.direction = reader.number() === 1 ? 'backwards' : 'forwards'),
  4: (reader, options) => void (options.resolveLinks = reader.boolean()),
  5: (reader, options) => void (options.count = reader.number()),
  6: (_reader, options) => void (options.count = 'unlimited'),
  7: (reader, options) => void (options.filter = readFilter(reader.message())),
  9: (reader, options) => void (options.structuredIds = readWantsStructuredIds(reader.message())),
};

function readOptions(reader: ProtobufReader): ReadRequest {
  const options: Options = { direction: 'forwards', resolveLinks: false, structuredIds: false };
  while (reader.next()) optionFields[reader.field]?.(reader, options);
  const { source, count, filter, resolveLinks, structuredIds } = options;
  if (source === undefined) throw invalidArgument('Neither a stream nor $all is asked for');
  if (count === undefined) throw invalidArgument('Neither a count nor a subscription is asked for');
  if (source.kind === 'stream' && filter !== undefined) throw invalidArgument('Only $all can be filtered');
  if (count === 'unlimited') {
    return { source, direction: 'forwards', count: undefined, filter, resolveLinks, structuredIds };
  }
  return { source, direction: options.direction, count, filter, resolveLinks, structuredIds };
}

function readStreamOptions(reader: ProtobufReader): Source {
  let name = '';
  let from: From = 'start';
  while (reader.next()) {
    if (reader.field === 1) name = readStreamIdentifier(reader.message());
    else if (reader.field === 2) from = endOr(reader.number());
    else if (reader.field === 3) from = 'start';
    else if (reader.field === 4) from = 'end';
  }
  if (name === '') throw invalidArgument('The stream name is missing');
  return name === '$all' ? { kind: 'all', from } : { kind: 'stream', name, from };
}

function readAllOptions(reader: ProtobufReader): Source {
  let from: From = 'start';
  while (reader.next()) {
    if (reader.field === 1) from = readCommitPosition(reader.message());
    else if (reader.field === 2) from = 'start';
    else if (reader.field === 3) from = 'end';
  }
  return { kind: 'all', from };
}

function readCommitPosition(reader: ProtobufReader): From {
  let position = 0;
  while (reader.next()) if (reader.field === 1) position = reader.number();
  return endOr(position);
}

/** Clients write the end also as the largest uint64. */
const endOr = (value: number): From => (value > Number.MAX_SAFE_INTEGER ? 'end' : value);

/** Events looked at in one step where the client does not say, as in EventStoreDB. */
const defaultWindow = 32;

function readFilter(reader: ProtobufReader): FilterOptions {
  let on: FilterOptions['on'] = 'stream';
  let expression: Pick<FilterOptions, 'regex' | 'prefixes'> = { regex: undefined, prefixes: [] };
  let window = defaultWindow;
  let multiplier = 1;
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) {
      on = reader.field === 1 ? 'stream' : 'type';
      expression = readExpression(reader.message());
    } else if (reader.field === 3) window = reader.number();
    else if (reader.field === 5) multiplier = reader.number();
  }
  if (window === 0 || multiplier === 0) {
    throw invalidArgument('The search window and the checkpoint interval begin at 1');
  }
  return { on, ...expression, checkpointInterval: window * multiplier };
}

function readExpression(reader: ProtobufReader): Pick<FilterOptions, 'regex' | 'prefixes'> {
  let regex: string | undefined;
  const prefixes: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) regex = reader.string();
    else if (reader.field === 2) prefixes.push(reader.string());
  }
  return { regex, prefixes };
}

function readWantsStructuredIds(reader: ProtobufReader): boolean {
  let structured = false;
  while (reader.next()) structured = reader.field === 1;
  return structured;
}

/** ReadResp with SubscriptionConfirmation. */
export const writeConfirmation = (subscriptionId: string): Buffer =>
  new ProtobufWriter().message(2, (confirmation) => confirmation.string(1, subscriptionId)).finish();

/** ReadResp with Checkpoint. */
export const writeCheckpoint = (position: number): Buffer =>
  new ProtobufWriter()
    .message(3, (checkpoint) => checkpoint.number(1, position).number(2, position))
    .finish();

/** ReadResp with StreamNotFound. */
export const writeStreamNotFound = (name: string): Buffer =>
  new ProtobufWriter()
    .message(4, (notFound) => notFound.message(1, (identifier) => identifier.string(3, name)))
    .finish();

/** ReadResp with CaughtUp. */
export const writeCaughtUp = (): Buffer => new ProtobufWriter().message(8).finish();

/** ReadResp with FellBehind. */
export const writeFellBehind = (): Buffer => new ProtobufWriter().message(9).finish();
