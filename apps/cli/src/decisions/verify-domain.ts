/** Verifies the recorded decisions of a domain in the running instance, part by part, and says what is not as it should be. */
import { none, type AuditCounts, type AuditNote } from '@sluice/core/audit/audit-decisions.ts';
import type { ChainProblem } from '@sluice/core/audit/follow-chains.ts';
import type { VerifiedPart } from '@sluice/core/use-cases/audit.ts';
import type { Connection } from '../client.ts';
import { refused } from '../exit.ts';
import { printThing } from '../output.ts';

export interface DomainOptions {
  readonly json?: boolean;
  readonly domain: string;
  readonly since?: string;
  readonly until?: string;
}

interface Report {
  readonly decisions: number;
  readonly counts: AuditCounts;
  readonly notes: readonly AuditNote[];
  readonly problems: readonly ChainProblem[];
  readonly problemCount: number;
}

const maxShown = 100;

export async function verifyDomain({ api }: Connection, options: DomainOptions): Promise<void> {
  const { json, domain, since, until } = options;
  const period = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  let report: Report = { decisions: 0, counts: none, notes: [], problems: [], problemCount: 0 };
  let cursor: string | undefined;
  do {
    const asked = { domain, ...period, ...(cursor === undefined ? {} : { cursor }) };
    const part: VerifiedPart = await api.decisions.verify.query(asked);
    report = added(report, part);
    cursor = part.next;
    if (json !== true && process.stderr.isTTY) process.stderr.write(`\r${part.done} of ${part.total}   `);
  } while (cursor !== undefined);
  if (json !== true && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  printThing(report, linesOf(report), { json: json === true });
  const { differs, altered, unjudged } = report.counts;
  const wrong = differs + altered + unjudged + report.problemCount;
  if (wrong > 0) throw refused(`${wrong} things are not as they should be.`);
}

function added(report: Report, part: VerifiedPart): Report {
  const counts = { ...report.counts };
  for (const [result, count] of Object.entries(part.counts)) counts[result as keyof AuditCounts] += count;
  return {
    decisions: part.done,
    counts,
    notes: [...report.notes, ...part.notes].slice(0, maxShown),
    problems: [...report.problems, ...part.problems].slice(0, maxShown),
    problemCount: report.problemCount + part.problemCount,
  };
}

function linesOf({
  decisions,
  counts,
  notes,
  problems,
}: Report): readonly (readonly [string, string | number])[] {
  return [
    ['decisions', decisions],
    ['the same again', counts.same],
    ['by another engine', counts.engine],
    ['erased', counts.erased],
    ['altered', counts.altered],
    ['different', counts.differs],
    ['settings unreadable', counts.unjudged],
    ...problems.map((problem) => ['chain', problemText(problem)] as const),
    ...notes.map((note) => [`mail ${note.mailId}`, noteText(note)] as const),
  ];
}

function problemText(problem: ChainProblem): string {
  switch (problem.code) {
    case 'missing':
      return `${problem.edge}: decisions ${problem.from} to ${problem.to} are missing, or not in their place`;
    case 'out-of-place':
      return `${problem.edge}: decision ${problem.counter} is there twice, or stands too late`;
    case 'altered':
      return `${problem.edge}: decision ${problem.counter} is not what it was`;
    case 'unlinked':
      return `${problem.eventId} belongs to no chain`;
    default:
      return problem satisfies never;
  }
}

function noteText({ result, difference }: AuditNote): string {
  if (difference === undefined) {
    return result === 'altered' ? 'altered: its sealed part does not open' : 'its settings cannot be read';
  }
  const { recorded, again, findings, engines } = difference;
  const engine = result === 'engine' ? ` (engine ${engines[0]}, now ${engines[1]})` : '';
  const changed = findings.map(({ check, failedThen, sentence }) =>
    failedThen ? `${check} failed then; now: ${sentence}` : `${check} fails now: ${sentence}`,
  );
  return [
    `${recorded.verdict} (${recorded.reason}), judged again ${again.verdict} (${again.reason})${engine}`,
    ...changed,
  ].join('; ');
}
