/**
 * Goals Q1, Q2 and Q3: searching and listing the quarantine through the procedures of the api, without HTTP, on the embedded
 * index and PostgreSQL; PostgreSQL's own full text as the peer.
 *
 *     node test/bench/q1-quarantine-search.ts [mails, default 500000]
 *
 * Mails are made up: of 300 domains (some much larger than others), with words as frequent as in a natural language, 100 to
 * a mail. Each question is asked 300 times, of random domains and with random words; a floor is for its 95th percentile.
 * Of a machine that is busy with other things, only the CPU time of this process tells something; PostgreSQL's is not in it.
 */
import { appRouter } from '@sluice/api/router';
import { actions } from '@sluice/core/account/permissions.ts';
import { createIds, systemClock } from '@sluice/node-crypto';
import { accountScope } from '@sluice/core/kernel/tenant-scope.ts';
import {
  accountIdOf,
  createMailMaker,
  createRandom,
  domainCount,
  domainIdOf,
  domainNameOf,
} from './support/quarantine-mails.ts';
import { fillStores, type QuarantineStores } from './support/quarantine-stores.ts';
import { percentile } from './support/statistics.ts';

type Context = Parameters<typeof appRouter.createCaller>[0];
type Services = Exclude<Context, () => unknown>['services'];

/** Every procedure is handed the ground of commands, though these give none. */
const commandPorts = { ids: createIds(), clock: systemClock } as Partial<
  Services['commandPorts']
> as Services['commandPorts'];

const askedTimes = 300;
interface Question {
  readonly name: string;
  /** Milliseconds, 95th percentile. */
  readonly floor?: number;
  readonly ask: (domain: number) => Promise<number>;
  readonly peer?: (domain: number) => Promise<number>;
}

function questions(
  stores: QuarantineStores,
  words: readonly string[],
  random: () => number,
): readonly Question[] {
  // What these procedures touch; any other part would throw at once.
  const parts: Partial<Services> = { db: stores.db, quarantine: stores.index, commandPorts };
  const services = parts as Services;
  const callerOf = (domain: number) => {
    const accountId = accountIdOf(domain);
    const account = { id: accountId, name: 'Bench', role: 'owner' as const, domainIds: undefined };
    const user = { id: 'user', email: 'owner@bench.example', name: 'Owner' };
    const caller = {
      actor: { kind: 'user', id: user.id } as const,
      scope: accountScope(accountId),
      permissions: actions,
      user,
      account,
      accounts: [account],
    };
    return appRouter.createCaller({ caller, services }).quarantine;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  const wordFrom = (from: number): string => words[from + below(400)] ?? '';
  type Filter = Omit<NonNullable<Parameters<ReturnType<typeof callerOf>['search']>[0]>, 'domain'>;
  const found = async (domain: number, filter: Filter): Promise<number> =>
    (await callerOf(domain).search({ ...filter, domain: domainNameOf(domain) })).items.length;
  const text = (name: string, make: () => readonly [string, string?], floor?: number): Question => {
    let asked: readonly [string, string?] = [''];
    return {
      name,
      ...(floor === undefined ? {} : { floor }),
      ask: (domain) => ((asked = make()), found(domain, { text: asked[0], limit: 50 })),
      // The same words again.
      ...(make()[1] === undefined
        ? {}
        : { peer: (domain) => stores.peer(domainIdOf(domain), asked[1] ?? '') }),
    };
  };
  const both = (word: string): readonly [string, string] => [word, `'${word}'`];
  return [
    text('word, frequent', () => both(wordFrom(20)), 20),
    text('word, rare', () => both(wordFrom(5_000)), 20),
    text(
      'two words',
      () => {
        const [one, other] = [wordFrom(20), wordFrom(20)];
        return [`${one} ${other}`, `'${one}' & '${other}'`];
      },
      20,
    ),
    text(
      'prefix of 4',
      () => {
        const start = wordFrom(500).slice(0, 4);
        return [`${start}*`, `'${start}':*`];
      },
      20,
    ),
    text(
      'while it is typed',
      () => {
        const word = wordFrom(20);
        return [word.slice(0, 2 + below(word.length - 1))];
      },
      20,
    ),
    text('as typed, one typo', () => [`${wordFrom(2_000).slice(0, 5)}x${wordFrom(2_000).slice(-2)}`]),
    text('without a word', () => [`${wordFrom(20)} -${wordFrom(0)}`], 20),
    text(
      'phrase',
      () => {
        const [one, other] = [words[below(30)] ?? '', words[below(30)] ?? ''];
        return [`"${one} ${other}"`, `'${one}' <-> '${other}'`];
      },
      60,
    ),
    { name: 'list of a domain', floor: 5, ask: (domain) => found(domain, { limit: 50 }) },
    {
      name: 'list by sender',
      floor: 5,
      ask: (domain) => found(domain, { sender: `${words[below(5_000)]}.example`, limit: 50 }),
    },
    {
      name: 'list by reason',
      floor: 5,
      ask: (domain) => found(domain, { reason: 'dnsbl-listed', limit: 50 }),
    },
    {
      name: 'counts by reason',
      floor: 5,
      ask: async (domain) => (await callerOf(domain).facets({ domain: domainNameOf(domain) })).reasons.length,
    },
  ];
}

interface Timed {
  readonly ms: number;
  readonly cpuMs: number;
  readonly found: number;
}

async function timed(work: () => Promise<number>): Promise<Timed> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const found = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1_000, found };
}

/** Prints a table; false if a floor was missed. */
export async function run(rows = 500_000): Promise<boolean> {
  const random = createRandom(20261122);
  const maker = createMailMaker(random);
  await using stores = await fillStores(maker, rows);
  console.log(`\nQ1, Q2: ${rows} mails, ${askedTimes} times each, ms`);
  console.log(
    `${'question'.padEnd(22)}${['p50', 'p95', 'worst', 'CPU p95', 'found', 'peer p95', 'ratio', 'floor'].map((head) => head.padStart(9)).join('')}`,
  );
  let isMet = true;
  for (const { name, floor, ask, peer } of questions(stores, maker.words, random)) {
    const own: number[] = [];
    const cpu: number[] = [];
    const other: number[] = [];
    let sum = 0;
    for (let time = 0; time < askedTimes; time += 1) {
      const domain = Math.floor(random() * random() * domainCount);
      const { ms, cpuMs, found } = await timed(() => ask(domain));
      own.push(ms);
      cpu.push(cpuMs);
      sum += found;
      if (peer !== undefined) other.push((await timed(() => peer(domain))).ms);
    }
    const p95 = percentile(own, 0.95);
    const isMissed = floor !== undefined && p95 > floor;
    if (isMissed) isMet = false;
    const figures = [
      percentile(own, 0.5).toFixed(2),
      p95.toFixed(2),
      percentile(own, 1).toFixed(1),
      percentile(cpu, 0.95).toFixed(2),
      (sum / askedTimes).toFixed(1),
      peer === undefined ? '' : percentile(other, 0.95).toFixed(2),
      peer === undefined ? '' : (p95 / percentile(other, 0.95)).toFixed(2),
      floor === undefined ? '' : isMissed ? 'MISSED' : `${floor}`,
    ];
    console.log(`${name.padEnd(22)}${figures.map((figure) => figure.padStart(9)).join('')}`);
  }
  const { indexRows, allRows, indexBytes, bareRows, bareBytes } = stores.filling;
  const bytes = indexBytes / bareBytes;
  const speed = indexRows / bareRows;
  const [bytesMet, speedMet] = [bytes <= 1.2, speed >= 0.5];
  console.log(
    `\nQ3: ${indexBytes.toFixed(0)} bytes a mail in the index, ${indexRows.toFixed(0)} mails/s written`,
  );
  console.log(`    the bare FTS5 layout ${bareBytes.toFixed(0)} bytes, ${bareRows.toFixed(0)} mails/s`);
  console.log(`    with the rows of PostgreSQL ${allRows.toFixed(0)} mails/s`);
  console.log(`${bytes.toFixed(2)} x the bare layout's bytes, floor 1.2: ${bytesMet ? 'met' : 'MISSED'}`);
  console.log(`${speed.toFixed(2)} x its mails a second, floor 0.5: ${speedMet ? 'met' : 'MISSED'}`);
  return isMet && bytesMet && speedMet;
}

if (import.meta.main) process.exit((await run(Number(process.argv[2] ?? 500_000))) ? 0 : 1);
