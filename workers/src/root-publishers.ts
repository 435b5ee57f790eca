/** The ways out for signed daily roots that the operator set: a webhook, and mail. */
import type { SignedRoot } from '@sluice/core/audit/root.ts';
import { canonicalJson } from '@sluice/core/kernel/json.ts';
import { fail, ok } from '@sluice/core/kernel/result.ts';
import type { Delivery, RouteHost } from '@sluice/core/ports/delivery.ts';
import type { Resolver } from '@sluice/core/ports/resolver.ts';
import type { RootPublisher } from '@sluice/core/ports/root-publisher.ts';

const deadlineMs = 20_000;

/** One line of JSON: statement, key and signature; what `decisions verify FILE --roots` reads. */
export const rootLine = ({ statement, key, signature }: SignedRoot): string =>
  canonicalJson({ statement: { ...statement }, key, signature });

/** Posts each root as JSON; any answer 2xx is taken for done. The URL is the operator's own. */
export const createWebhook = (url: string): RootPublisher => ({
  name: 'webhook',
  async publish(root, signal) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: rootLine(root),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      });
      await response.body?.cancel();
      return response.ok ? ok(undefined) : fail(`The webhook answered ${response.status}.`);
    } catch (error) {
      // Its words may hold the URL, which is a secret.
      return fail(`The webhook cannot be reached (${error instanceof Error ? error.name : 'unknown'}).`);
    }
  },
});

export interface MailPorts {
  readonly delivery: Delivery;
  readonly resolver: Resolver;
  /** Our name in HELO, and the domain that the mail is from. */
  readonly hostname: string;
  /** Of the mail servers; 25 unless told otherwise. */
  readonly port?: number;
}

/** Mails each root to an address, by the MX records of its domain (RFC 5321 §5.1). */
export const createRootMail = (
  { delivery, resolver, hostname, port = 25 }: MailPorts,
  to: string,
): RootPublisher => ({
  name: 'mail',
  async publish(root) {
    const [said] = await delivery.deliver({
      hosts: await hostsOf(resolver, { domain: to.slice(to.lastIndexOf('@') + 1), port }),
      mayBePrivate: true,
      helo: hostname,
      sender: `sluice@${hostname}`,
      recipients: [to],
      prepend: '',
      raw: mailOf(root, { to, hostname }),
      smtpUtf8: false,
      deadlineMs,
    });
    return said?.outcome === 'delivered'
      ? ok(undefined)
      : fail(`The mail was not taken (${said?.code ?? 0} ${said?.response ?? ''}).`);
  },
});

async function hostsOf(
  resolver: Resolver,
  { domain, port }: { readonly domain: string; readonly port: number },
): Promise<readonly RouteHost[]> {
  const answer = await resolver.resolve(domain, 'MX', { deadlineMs });
  const exchanges =
    answer.status === 'found' ? answer.records.map((record) => record.split(' ')[1] ?? '') : [domain];
  return exchanges
    .filter((host) => host !== '' && host !== '.')
    .map((host) => ({ host, port, tls: 'opportunistic' }));
}

function mailOf(root: SignedRoot, { to, hostname }: { readonly to: string; readonly hostname: string }) {
  const { day } = root.statement;
  return Buffer.from(
    [
      `From: Sluice <sluice@${hostname}>`,
      `To: <${to}>`,
      `Subject: Signed root of all decisions of ${day}`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <root-${day}@${hostname}>`,
      'Auto-Submitted: auto-generated',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'Keep this mail: with the line below anybody can tell whether the decisions of',
      'that day were altered afterwards (sluice decisions verify FILE --roots ROOTS).',
      '',
      // About 500 characters; a line of a mail may have 998 (RFC 5322 §2.1.1).
      rootLine(root),
      '',
    ].join('\r\n'),
  );
}
