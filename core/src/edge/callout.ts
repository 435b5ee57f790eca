/** Asks the server of a domain's route whether it takes a recipient, without sending: a few at a time, each address once. */
import type { RecipientAnswer } from '../checks/edge-view.ts';
import type { Route } from '../ports/delivery.ts';
import type { ProbedHost, RouteProbe } from '../ports/route-probe.ts';

export interface CalloutRequest {
  readonly domainId: string;
  readonly route: Route;
  readonly recipient: string;
}

/** Never rejects. */
export type Callout = (request: CalloutRequest) => Promise<RecipientAnswer>;

export interface CalloutOptions {
  /** For one host, in ms; 5,000. */
  readonly deadlineMs?: number;
  /** Questions to the servers of one domain at a time; 10. More are not asked: who guesses addresses shall not wear it down. */
  readonly atOnce?: number;
}

const unsure = (words: string): RecipientAnswer => ({ is: 'unsure', words });

export function createCallout(probe: RouteProbe, options: CalloutOptions = {}): Callout {
  const { deadlineMs = 5_000, atOnce = 10 } = options;
  const underWay = new Map<string, Map<string, Promise<RecipientAnswer>>>();

  async function ask({ route, recipient }: CalloutRequest): Promise<RecipientAnswer> {
    let last = unsure('the route has no host');
    for (const host of route.hosts) {
      const probed = await probe.probe({ host, recipient, mayBePrivate: route.trusted, deadlineMs });
      last = answerOf(probed);
      if (last.is !== 'unsure') return last;
    }
    return last;
  }

  return (request) => {
    const { domainId, recipient } = request;
    const asked = underWay.get(domainId) ?? new Map<string, Promise<RecipientAnswer>>();
    const same = asked.get(recipient);
    if (same !== undefined) return same;
    if (!isPlain(recipient)) return Promise.resolve(unsure('such an address is not asked for'));
    if (asked.size >= atOnce) return Promise.resolve(unsure('too many questions at a time'));
    const answer = ask(request)
      .catch((error: unknown) => unsure(String(error)))
      .finally(() => {
        asked.delete(recipient);
        if (asked.size === 0) underWay.delete(domainId);
      });
    underWay.set(domainId, asked.set(recipient, answer));
    return answer;
  };
}

/** ASCII without blanks and brackets: what else an address may hold is not worth a question. */
const isPlain = (recipient: string): boolean => /^[!-;=?-~]{1,254}$/.test(recipient);

/** Only a refusal of the recipient itself says that it does not exist; a 4xx, or a refusal of us, says nothing. */
function answerOf({ ok, steps }: ProbedHost): RecipientAnswer {
  if (ok) return { is: 'valid', words: '' };
  const { refused, detail = '' } = steps.at(-1) ?? {};
  return refused !== undefined && refused.command === 'RCPT' && saysUnknown(refused.code, refused.words)
    ? { is: 'unknown', words: refused.words }
    : unsure(detail);
}

/**
 * Whether a reply to RCPT says that the mailbox does not exist: 5xx with an enhanced code of class 1 (RFC 3463 §3.2) or
 * 5.2.1 (disabled); without one, the codes that RFC 5321 §4.2.2 has for it.
 */
export function saysUnknown(code: number, words: string): boolean {
  if (code < 500 || code > 599) return false;
  const enhanced = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(words);
  if (enhanced === null) return code === 550 || code === 551 || code === 553;
  const [, subject, detail] = enhanced;
  return (subject === '1' && detail !== '7' && detail !== '8') || (subject === '2' && detail === '1');
}
