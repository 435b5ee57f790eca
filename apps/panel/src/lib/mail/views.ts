/** The ways to look at a mail, each with an address of its own. */
import type { Content } from './mail.ts';

export type ViewName = 'html' | 'text' | 'headers' | 'parts';

export interface View {
  readonly name: ViewName;
  readonly text: string;
  readonly count?: string;
}

export interface Views {
  readonly views: readonly View[];
  readonly current: ViewName;
}

/** A mail without HTML has no such view; where nobody asks for one, the first is shown. */
export function viewsOf(content: Content | undefined, wanted: string | null): Views {
  if (content === undefined) return { views: [], current: 'text' };
  const attachments = content.parts.filter(({ isAttachment }) => isAttachment).length;
  const views: readonly View[] = [
    ...(content.hasHtml ? [{ name: 'html', text: 'HTML' } as const] : []),
    { name: 'text', text: 'Text' },
    { name: 'headers', text: 'Header' },
    { name: 'parts', text: 'Parts', ...(attachments === 0 ? {} : { count: String(attachments) }) },
  ];
  const current = views.find(({ name }) => name === wanted) ?? views[0];
  return { views, current: current?.name ?? 'text' };
}

/** By the keys 1 to 4, whether or not there is HTML. */
export const viewNames: readonly ViewName[] = ['html', 'text', 'headers', 'parts'];
