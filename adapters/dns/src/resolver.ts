/** The Resolver port on messages of our own: answers remembered, the same question asked once, every wait with an end. */
import type { DnsAnswer, DnsType, Resolver } from '@sluice/core/ports/resolver.ts';
import type { SharedAnswers } from '@sluice/core/ports/shared-answers.ts';
import { createAnswerCache } from './answer-cache.ts';
import { askableName } from './askable-name.ts';
import { createDeadline } from './deadline.ts';
import { createLiveness } from './liveness.ts';
import type { Question } from './message.ts';
import { createNameServers } from './name-servers.ts';
import { createOtherEdges } from './other-edges.ts';

export interface ResolverOptions {
  /** `address:port` of a name server; without it those of the system. */
  readonly server?: string;
  /** Time for one try, in ms. The deadline of a question ends it all the same. */
  readonly tryMs?: number;
  /** Rounds through all name servers. */
  readonly tries?: number;
  /** From how long on a question raises the suspicion that the name server is dead, in ms. */
  readonly slowMs?: number;
  /** How long a dead name server is left alone, in ms; until then questions fail at once. */
  readonly recheckMs?: number;
  /** Where edges share what took long; none, if not given. */
  readonly shared?: SharedAnswers;
  /** How long the name server alone is waited for before others are asked, in ms. */
  readonly patienceMs?: number;
  /** Answers remembered at once. */
  readonly maxRemembered?: number;
}

const defaults = {
  tryMs: 2_000,
  tries: 2,
  slowMs: 1_000,
  recheckMs: 5_000,
  patienceMs: 3,
  maxRemembered: 10_000,
} as const;

/** Different questions under way at once; what comes on top fails, so that a slow name server cannot fill the memory. */
const maxUnderWay = 4_000;

export function createResolver(options: ResolverOptions = {}): Resolver {
  const { server, shared, tryMs, tries, slowMs, recheckMs, patienceMs, maxRemembered } = {
    ...defaults,
    ...options,
  };
  const others = shared && createOtherEdges(shared, patienceMs);
  const servers = createNameServers(server, { tryMs, tries });
  const cache = createAnswerCache({ maxEntries: maxRemembered });
  const deadline = createDeadline();
  const liveness = createLiveness({ probe: () => servers.isAlive(slowMs / 2), slowMs, recheckMs });
  const underWay = new Map<string, Promise<DnsAnswer>>();

  async function ask(key: string, question: Question): Promise<DnsAnswer> {
    const began = performance.now();
    try {
      const answered = await liveness.guard(async () => (await servers.ask(question)) ?? nobodyAnswered);
      if (answered === undefined) return { status: 'failed', message: 'no name server answers' };
      // What another edge has answered meanwhile is better than a failure.
      if (answered.answer.status !== 'failed' || cache.get(key) === undefined) cache.put(key, answered);
      others?.offer(key, answered, performance.now() - began);
      return answered.answer;
    } catch (error) {
      return { status: 'failed', message: `DNS failed (${String(error).slice(0, 100)})` };
    } finally {
      underWay.delete(key);
    }
  }

  function begin(key: string, question: Question): Promise<DnsAnswer> {
    if (underWay.size >= maxUnderWay) return Promise.resolve(tooMany);
    const own = ask(key, question);
    const asking = others?.orTheirs(key, own, (theirs) => cache.put(key, theirs)) ?? own;
    underWay.set(key, asking);
    return asking;
  }

  return {
    async resolve(given, type: DnsType, { deadlineMs }): Promise<DnsAnswer> {
      const name = askableName(given);
      if (name === undefined) return { status: 'no-name' };
      const key = `${type} ${name}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const asked = await deadline.within(underWay.get(key) ?? begin(key, { name, type }), deadlineMs);
      return asked.ok ? asked.value : { status: 'failed', message: `no answer within ${deadlineMs} ms` };
    },
  };
}

const nobodyAnswered = {
  answer: { status: 'failed', message: 'the name server did not answer' },
  ttl: 0,
} as const;

const tooMany: DnsAnswer = { status: 'failed', message: 'too many questions at once' };
