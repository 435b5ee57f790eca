/** The user: a person who signs in. Credentials and sessions are rows elsewhere and never events. */
import type { Command } from '../kernel/command.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

export type UserEvent =
  | DomainEvent<'UserCreated', { readonly email: string; readonly name: string }>
  | DomainEvent<'UserRenamed', { readonly name: string }>
  | DomainEvent<'UserRemoved', Record<string, never>>;

export type UserCommand =
  | Command<'CreateUser', { readonly email: string; readonly name: string }>
  | Command<'RenameUser', { readonly name: string }>
  | Command<'RemoveUser', Record<string, never>>;

export type UserState =
  | { readonly status: 'none' }
  | { readonly status: 'active'; readonly email: string; readonly name: string }
  | { readonly status: 'removed' };

export const userStream = (userId: string): string => `user-${userId}`;

/** Key of the user's personal data: removing the user for good destroys it. */
export const userKeyId = (userId: string): string => `user-${userId}`;

export const userFormats: EventFormats<UserEvent> = {
  UserCreated: { version: 1, sealed: ['email', 'name'] },
  UserRenamed: { version: 1, sealed: ['name'] },
  UserRemoved: { version: 1, sealed: [] },
};
