/** The field X-Sluice-Verdict: what an accepted mail came to, and the checks that counted, for whoever reads its header. */
import type { Finding, RecipientJudgement } from '../judge/verdict.ts';
import type { Thresholds } from '../policy/policy.ts';

export interface ToldVerdict {
  readonly mailId: string;
  /** Of a recipient to whom it is delivered. */
  readonly judgement: RecipientJudgement;
  /** That this recipient's points were measured by. */
  readonly thresholds: Thresholds;
  /** False: only a marked mail bears its mark, and nothing else is told. */
  readonly inFull: boolean;
}

const field = 'X-Sluice-Verdict:';
/** RFC 5322 §2.1.1 */
const lineLength = 78;
const maxChecks = 50;

/** With CRLF at the end of each line, folded (RFC 5322 §2.2.3); '' where there is nothing to tell. */
export function verdictHeader({ mailId, judgement, thresholds, inFull }: ToldVerdict): string {
  const { verdict, reason } = judgement;
  const begin = [verdict, `reason=${token(reason)}`];
  if (!inFull) return verdict === 'tag' ? folded(begin.join('; ').split(' ')) : '';
  const parts = [
    ...begin,
    `score=${judgement.score}`,
    ...limits(thresholds),
    ...counted(judgement.findings),
    `id=${token(mailId)}`,
  ];
  return folded(parts.join('; ').split(' '));
}

/** Of a suspended domain no points count. */
const limits = ({ tag, hold, reject }: Thresholds): readonly string[] =>
  tag === Number.MAX_SAFE_INTEGER ? [] : [`tag=${tag}`, `hold=${hold}`, `reject=${reject}`];

function counted(findings: readonly Finding[]): readonly string[] {
  const told = findings.filter(({ score, decisive }) => score !== 0 || decisive === true);
  if (told.length === 0) return [];
  const words = told.slice(0, maxChecks).map(({ check, score, list }) => {
    return `${token(check)}:${list === undefined ? score : list.action}`;
  });
  return [`checks=${words.join(', ')}`];
}

/** Names come from checks, and those may be anybody's: nothing that could end or bend the field. */
const token = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, '?').slice(0, 64);

function folded(words: readonly string[]): string {
  const lines: string[] = [];
  let line = field;
  for (const word of words) {
    if (line.length + 1 + word.length > lineLength) {
      lines.push(line);
      line = `\t${word}`;
    } else {
      line += ` ${word}`;
    }
  }
  return `${[...lines, line].join('\r\n')}\r\n`;
}
