/** Sessions that have just delivered a mail, kept for a moment for the next one of the same route. */
import type { Session } from './session.ts';

export interface SessionPool {
  /** A session that was open a moment ago; undefined if there is none. */
  take(key: string): Session | undefined;
  /** Keeps a session whose last transaction ended well, or quits it. */
  giveBack(key: string, session: Session): void;
  /** Quits all that are kept, and from now on every one given back. */
  close(): void;
}

/** Short, because many hosts count idle sessions: ms a session is kept, sessions kept a route, mails a session. */
const idleMs = 5_000;
const keptARoute = 10;
const mailsASession = 100;

export function createSessionPool(): SessionPool {
  const idle = new Map<string, Map<Session, NodeJS.Timeout>>();
  const watched = new WeakSet<Session>();
  let isClosed = false;

  const forget = (key: string, session: Session): void => {
    const sessions = idle.get(key);
    clearTimeout(sessions?.get(session));
    sessions?.delete(session);
    if (sessions?.size === 0) idle.delete(key);
  };

  return {
    take(key) {
      for (const session of idle.get(key)?.keys() ?? []) {
        forget(key, session);
        if (session.isOpen()) return session;
      }
      return undefined;
    },
    giveBack(key, session) {
      const sessions = idle.get(key) ?? new Map<Session, NodeJS.Timeout>();
      const isWorn = session.sent() >= mailsASession || sessions.size >= keptARoute;
      if (isClosed || isWorn || !session.isOpen()) {
        session.quit();
        return;
      }
      const timer = setTimeout(() => {
        forget(key, session);
        session.quit();
      }, idleMs);
      idle.set(key, sessions.set(session, timer));
      if (watched.has(session)) return;
      watched.add(session);
      session.onEnd(() => forget(key, session));
    },
    close() {
      isClosed = true;
      for (const sessions of idle.values()) {
        for (const [session, timer] of sessions) {
          clearTimeout(timer);
          session.quit();
        }
      }
      idle.clear();
    },
  };
}
