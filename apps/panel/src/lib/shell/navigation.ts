/** Where one can go from anywhere. */
import Globe from '@lucide/svelte/icons/globe';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import Users from '@lucide/svelte/icons/users';
import type { Session } from '#lib/session.ts';

export interface Place {
  readonly href: string;
  readonly text: string;
  readonly icon: typeof House;
}

const places: readonly Place[] = [
  { href: '/', text: 'Home', icon: House },
  { href: '/quarantine', text: 'Quarantine', icon: Inbox },
  { href: '/domains', text: 'Domains', icon: Globe },
  { href: '/members', text: 'Members', icon: Users },
];

/** The operator has no account, and so no members. */
export const placesFor = ({ account }: Session): readonly Place[] =>
  places.filter(({ href }) => href !== '/members' || account !== null);

/** Whether a page belongs to a place. */
export const isIn = (path: string, { href }: Place): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
