/** What people have said of a mail: wanted or unwanted. */
import type { Mail } from './mail.ts';

export type Label = 'ham' | 'spam';

export interface Said {
  readonly as: Label;
  readonly at: string;
  readonly by: string;
  /** By releasing it. */
  readonly isRelease: boolean;
}

export const labelWords: Readonly<Record<Label, string>> = { ham: 'wanted', spam: 'unwanted' };

/** The last word, which is the one that counts; undefined while nobody has said anything. */
export function lastSaid({ timeline }: Pick<Mail, 'timeline'>): Said | undefined {
  const entry = timeline.findLast(({ type }) => type === 'MailTrained');
  const as = entry?.summary['as'];
  if (entry === undefined || (as !== 'ham' && as !== 'spam')) return undefined;
  return { as, at: entry.at, by: entry.actorName, isRelease: entry.summary['by'] === 'release' };
}
