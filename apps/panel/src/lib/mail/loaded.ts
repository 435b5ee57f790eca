/** How far the inside of a mail has come to the page. */
import type { Fault } from '../faults.ts';
import type { Content } from './mail.ts';

export type Loaded =
  | { readonly state: 'loading' }
  /** The viewer may not read mails. */
  | { readonly state: 'denied' }
  | { readonly state: 'there'; readonly content: Content }
  | { readonly state: 'failed'; readonly fault: Fault };

export const loading: Loaded = { state: 'loading' };
