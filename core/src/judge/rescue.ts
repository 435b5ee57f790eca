/** Findings that turn failures of other checks into passes, such as a trusted ARC seal those of SPF and DMARC. */
import type { Weighed } from './table.ts';

/** One that is only observed rescues nothing. */
export function withRescues(weighed: readonly Weighed[]): readonly Weighed[] {
  const rescuers = weighed.filter(
    ({ finding }) => finding.rescues !== undefined && finding.mode !== 'observe',
  );
  if (rescuers.length === 0) return weighed;
  return weighed.map((one) => {
    const { finding } = one;
    const by = rescuers.find((rescuer) => rescuer.finding.rescues?.includes(finding.check) === true);
    if (by === undefined || finding.result !== 'fail') return one;
    const { reason: _reason, ...rest } = finding;
    const sentence = `${finding.sentence} Not held against the mail: ${by.finding.sentence}`;
    return { ...one, finding: { ...rest, result: 'pass', score: 0, sentence } };
  });
}
