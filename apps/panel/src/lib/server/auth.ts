/** Signing in and out: calls of the api's /auth paths from forms that work without any script. */
import { type RequestEvent } from '@sveltejs/kit';
import { forwarded } from './api.ts';

export type AuthAnswer = { readonly ok: true } | { readonly ok: false; readonly status: number };

const deadlineMs = 15_000;

/** Posts JSON and hands the cookies of the answer on to the browser. */
export async function callAuth(event: RequestEvent, path: string, body: object): Promise<AuthAnswer> {
  try {
    const response = await fetch(`${event.locals.apiUrl}/auth/${path}`, {
      method: 'POST',
      headers: { ...forwarded(event), 'content-type': 'application/json', origin: event.url.origin },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(deadlineMs),
    });
    for (const line of response.headers.getSetCookie()) setCookie(event, line);
    return response.ok ? { ok: true } : { ok: false, status: response.status };
  } catch {
    return { ok: false, status: 502 };
  }
}

/** As it came: the value is signed, so it is neither decoded nor encoded. */
function setCookie({ cookies }: RequestEvent, line: string): void {
  const [pair = '', ...rest] = line.split(';');
  const name = pair.slice(0, pair.indexOf('=')).trim();
  const attributes = new Map(
    rest.map((part) => {
      const [key = '', value = ''] = part.trim().split('=');
      return [key.toLowerCase(), value] as const;
    }),
  );
  const maxAge = attributes.get('max-age');
  cookies.set(name, pair.slice(pair.indexOf('=') + 1), {
    path: attributes.get('path') ?? '/',
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
    sameSite: (attributes.get('samesite')?.toLowerCase() ?? 'lax') as 'lax' | 'strict' | 'none',
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    encode: (value) => value,
  });
}

/** Where to go after signing in: a path of ours, nothing else. */
export function safePath(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : '/';
}
