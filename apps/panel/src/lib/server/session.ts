/** Reads the session of a request from the api. */
import { type Fault, faultOf } from '../faults.ts';
import type { Session } from '../session.ts';
import type { Api } from './api.ts';

export type ReadSession = { readonly session: Session | null } | { readonly fault: Fault };

/** A null session: nobody is signed in. */
export async function readSession(api: Api): Promise<ReadSession> {
  try {
    return { session: await api.session.me.query() };
  } catch (error) {
    const fault = faultOf(error);
    return fault.status === 401 ? { session: null } : { fault };
  }
}
