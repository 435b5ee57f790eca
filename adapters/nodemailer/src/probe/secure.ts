/** The greeting of an SMTP session, and STARTTLS as the route wants it (RFC 3207). */
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect as connectTls, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { RouteHost } from '@sluice/core/ports/delivery.ts';
import { seeCertificate } from './certificate.ts';
import { type Dialogue, openDialogue, printable, type Reply } from './dialogue.ts';

export interface Session {
  readonly dialogue: Dialogue;
  /** What was seen on the way, in one sentence. */
  readonly detail: string;
}

export interface SecureOptions {
  readonly host: RouteHost;
  readonly helo: string;
  readonly ca: SecureContextOptions['ca'];
  readonly signal: AbortSignal;
}

/** A session whose host has said 220. */
export async function greet(socket: Socket): Promise<Result<Session, string>> {
  const dialogue = openDialogue(socket);
  const banner = await dialogue.reply();
  if (!banner.ok) return banner;
  return banner.value.code === 220
    ? ok({ dialogue, detail: banner.value.words })
    : fail(`It does not take mail now: ${banner.value.words}`);
}

export type Secured =
  | Result<Session, string>
  /** The handshake failed, which a delivery on this route answers by coming again without TLS. */
  | 'in-the-clear';

/** Ready for the first mail, encrypted where the route wants it and the host offers it. */
export async function secure(
  { socket, dialogue }: { readonly socket: Socket; readonly dialogue: Dialogue },
  options: SecureOptions,
): Promise<Secured> {
  const { tls } = options.host;
  const hello = await sayHello(dialogue, options.helo);
  if (!hello.ok) return hello;
  if (tls === 'none') return ok({ dialogue, detail: 'Not used: the route says tls=none.' });
  if (!hello.value.lines.some((line) => /^STARTTLS\s*$/i.test(line))) {
    return tls === 'required'
      ? fail('The host does not offer STARTTLS, which the route demands.')
      : ok({ dialogue, detail: 'The host does not offer STARTTLS: mail travels unencrypted.' });
  }
  const begun = await dialogue.ask('STARTTLS');
  const encrypted =
    begun.ok && begun.value.code === 220
      ? await handshake(socket, dialogue, options)
      : fail(begun.ok ? begun.value.words : begun.error);
  if (encrypted.ok) return judge(encrypted.value, options);
  return tls === 'required' ? fail(`STARTTLS failed: ${encrypted.error}`) : 'in-the-clear';
}

/** A host that knows no EHLO is greeted in the old way (RFC 5321 §3.2); it has no extensions then. */
export async function sayHello(dialogue: Dialogue, helo: string): Promise<Result<Reply, string>> {
  const ehlo = await dialogue.ask(`EHLO ${helo}`);
  if (!ehlo.ok || ehlo.value.code === 250) return ehlo;
  const old = await dialogue.ask(`HELO ${helo}`);
  if (!old.ok || old.value.code === 250) return old.ok ? ok({ ...old.value, lines: [] }) : old;
  return fail(`It does not take our greeting: ${old.value.words}`);
}

function handshake(
  plain: Socket,
  dialogue: Dialogue,
  { host: { host }, ca, signal }: SecureOptions,
): Promise<Result<TLSSocket, string>> {
  dialogue.release();
  return new Promise((resolve) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    // Looked at afterwards, so that a certificate with a fault can be described.
    const options = { socket: plain, host, ...name, rejectUnauthorized: false };
    const socket = connectTls({ ...options, ...(ca === undefined ? {} : { ca }) }, () => resolve(ok(socket)));
    socket.on('error', (error) => resolve(fail(printable(error.message))));
    socket.once('close', () =>
      resolve(fail(signal.aborted ? 'no answer in time' : 'it closed the connection')),
    );
  });
}

/** Greets again: what was said before the handshake no longer counts (RFC 3207 §4.2). */
async function judge(socket: TLSSocket, { host, helo }: SecureOptions): Promise<Result<Session, string>> {
  const { isValid, words } = seeCertificate(socket);
  if (!isValid && host.tls === 'required') return fail(`${words}. The route demands a valid one.`);
  const dialogue = openDialogue(socket);
  const hello = await sayHello(dialogue, helo);
  if (!hello.ok) return hello;
  const note = isValid ? '' : '; the route does not demand a valid one';
  return ok({ dialogue, detail: `Encrypted with ${words}${note}.` });
}
