/** The list that somebody came from: the way back to it as it was, and the mails before and after this one. */

export interface MailList {
  /** Path and search of the page that shows it. */
  readonly href: string;
  /** In its order. */
  readonly ids: readonly string[];
}

const key = 'sluice-mail-list';
const nowhere: MailList = { href: '/quarantine', ids: [] };

/** In the browser: called by a page with a list of mails, whenever the list changes. */
export function rememberList(list: MailList): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(list));
  } catch {
    // Without storage there is no next mail; nothing else is lost.
  }
}

export function lastList(): MailList {
  try {
    return asList(JSON.parse(sessionStorage.getItem(key) ?? 'null'));
  } catch {
    return nowhere;
  }
}

/** Only what this panel wrote: a path of ours, and ids. */
export function asList(value: unknown): MailList {
  if (!(value instanceof Object) || !('href' in value) || !('ids' in value)) return nowhere;
  const { href, ids } = value;
  if (typeof href !== 'string' || !/^\/(?![/\\])/.test(href) || !Array.isArray(ids)) return nowhere;
  return {
    href,
    ids: ids.filter((id): id is string => typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)),
  };
}

export interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** From 1; 0: it is not in the list. */
  readonly at: number;
}

export function neighboursOf(id: string, { ids }: MailList): Neighbours {
  const index = ids.indexOf(id);
  if (index === -1) return { previous: undefined, next: undefined, at: 0 };
  return { previous: ids[index - 1], next: ids[index + 1], at: index + 1 };
}
