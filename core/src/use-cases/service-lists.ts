/** The operator's lists as they are and as they were: changed by commands, read from their stream. */
import { createEventCodec } from '../kernel/event-codec.ts';
import { handleCommand, type HandlingRefusal } from '../kernel/handle-command.ts';
import { ok, refuse, type Result } from '../kernel/result.ts';
import type { ServiceLists } from '../policy/policy.ts';
import { loadServiceLists } from '../replay/load-service-lists.ts';
import {
  serviceListFormats,
  serviceListsDecider,
  serviceListsKeyId,
  serviceListsStream,
  type ServiceListCommand,
  type ServiceListEvent,
  type ServiceListRefusal,
} from '../service/service-lists.ts';
import { type CommandContext, type Done, done } from './context.ts';

type Change = ServiceListCommand extends infer TCommand
  ? TCommand extends ServiceListCommand
    ? Pick<TCommand, 'type' | 'data'>
    : never
  : never;

/** Who asks is the operator: of nobody else it is to be called. */
export async function changeServiceLists(
  context: CommandContext,
  change: Change,
): Promise<Result<Done & { readonly revision: number }, ServiceListRefusal | HandlingRefusal>> {
  const { keys, vault, store } = context.ports;
  const key = await keys.create(serviceListsKeyId);
  if (!key.ok) return refuse('erased', 'The key of the lists of the service has been destroyed.');
  const codec = createEventCodec<ServiceListEvent>(serviceListFormats, vault);
  const handled = await handleCommand(
    { decider: serviceListsDecider, codec, store },
    { stream: serviceListsStream, keyId: serviceListsKeyId },
    // The pair of type and data is one of ServiceListCommand; the spread loses that for the type checker.
    { ...change, metadata: context.metadata() } as ServiceListCommand,
  );
  if (!handled.ok) return handled;
  return ok({ ...done('service', handled.value.position), revision: handled.value.revision });
}

/** As they are now, or were at a revision of their stream; undefined: there never were any, or they cannot be opened. */
export async function serviceListsAt(
  { ports }: Pick<CommandContext, 'ports'>,
  revision?: number,
): Promise<ServiceLists | undefined> {
  const lists = await loadServiceLists(ports);
  return lists(revision);
}
