/** Refused mails of many domains, made up: words as frequent as in a natural language, some domains much larger than others. */
import type { Count } from '@sluice/core/projection/counts.ts';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';
import type { NewMail, StoredDomain } from '@sluice/postgres';

export const domainCount = 300;

/** The same numbers in every run. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const syllables =
  'ba be bi bo da de du fa ka ke ki la le lo ma me mo na ne no pa po ra re ri sa se si ta ti un ver';
const reasons = ['spf-fail', 'dmarc-fail', 'dnsbl-listed', 'score-reject', 'virus-found', 'sender-blocked'];
const hex = (n: number, length: number): string => n.toString(16).padStart(length, '0');

export const accountIdOf = (domain: number): string =>
  `0193a000-0000-7000-8000-${hex(Math.floor(domain / 3), 12)}`;
export const domainIdOf = (domain: number): string => `0193d000-0000-7000-8000-${hex(domain, 12)}`;
export const domainNameOf = (domain: number): string => `customer${domain}.example`;

export interface MailMaker {
  /** The most frequent first. */
  readonly words: readonly string[];
  /** The next one; later than the one before. */
  next(): QuarantineDocument;
}

export function createMailMaker(random: () => number): MailMaker {
  const below = (limit: number): number => Math.floor(random() * limit);
  const words = makeWords(60_000, below);
  const word = (): string => words[Math.floor(Math.exp(random() * Math.log(words.length))) - 1] ?? 'word';
  const text = (count: number): string => Array.from({ length: count }, word).join(' ');
  let received = Date.UTC(2026, 0, 1);
  let made = 0;
  return {
    words,
    next() {
      received += below(750);
      made += 1;
      const domain = Math.floor(random() * random() * domainCount);
      const company = words[below(5000)] ?? '';
      return {
        mailId: `${hex(received, 12).replace(/^(.{8})/, '$1-')}-7${hex(made % 4096, 3)}-8${hex(below(4096), 3)}-${hex(made, 12)}`,
        accountId: accountIdOf(domain),
        domainId: domainIdOf(domain),
        receivedAt: new Date(received).toISOString(),
        verdict: random() < 0.1 ? 'hold' : 'reject',
        reason: reasons[below(reasons.length)] ?? '',
        checks: ['spf', 'dnsbl', 'bayes'].filter(() => random() < 0.5),
        sender: `${word()}${random() < 0.2 ? below(100) : ''}@${company}.example`,
        recipients: [`${words[below(800)]}@${domainNameOf(domain)}`],
        from: `${text(2)} <${word()}@${company}.example>`,
        subject: text(4 + below(8)),
        attachmentNames: random() < 0.2 ? [`${word()}_${below(9999)}.pdf`] : [],
        body: text(20 + below(160)),
        size: 2000 + below(20_000),
      };
    },
  };
}

function makeWords(count: number, below: (limit: number) => number): readonly string[] {
  const parts = syllables.split(' ');
  const made = new Set<string>();
  while (made.size < count) {
    made.add(Array.from({ length: 2 + below(4) }, () => parts[below(parts.length)]).join(''));
  }
  return [...made];
}

/** As the projection of settings keeps it. */
export const domainRow = (domain: number): StoredDomain => ({
  domainId: domainIdOf(domain),
  state: {
    status: 'active',
    name: domainNameOf(domain),
    accountId: accountIdOf(domain),
    proven: true,
    preset: 'balanced',
    edition: 1,
    route: [],
    overrides: {},
    lists: [],
  },
  removedAt: undefined,
  revision: 1,
  position: String(domain + 1),
});

/** As the projection of mails keeps it. */
export const mailRow = (mail: QuarantineDocument, position: number): NewMail => ({
  mailId: mail.mailId,
  accountId: mail.accountId,
  domainId: mail.domainId,
  edge: 'mx1',
  receivedAt: mail.receivedAt,
  position: String(position),
  revision: position,
  verdict: mail.verdict,
  reason: mail.reason,
  score: 12,
  sender: mail.sender,
  recipients: mail.recipients,
  subject: mail.subject,
  from: mail.from,
  size: mail.size,
  sha256: 'ab'.repeat(32),
  kept: true,
  body: { pack: '2026-01-01/x', frame: position, offset: 0, length: mail.size },
  policyRevision: 1,
  delivery: 'none',
  deliveries: [],
});

/** As the projection of statistics counts it. */
export function countsOf(mail: QuarantineDocument): readonly Count[] {
  const { accountId, domainId, verdict, reason, checks } = mail;
  const row = { hour: `${mail.receivedAt.slice(0, 13)}:00:00.000Z`, accountId, domainId, verdict, count: 1 };
  return [{ ...row, reason, check: '' }, ...checks.map((check) => ({ ...row, reason: '', check }))];
}
