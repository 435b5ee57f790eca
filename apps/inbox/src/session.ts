/** The SMTP side of the demo inbox: takes every mail for every recipient. */
import type { MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import type { SmtpReply, SmtpSession } from '@sluice/core/ports/smtp-session.ts';
import type { MailStore } from './mail-store.ts';

const fine: SmtpReply = { code: 250, enhanced: '2.0.0', text: 'OK' };

export interface InboxParts {
  readonly store: MailStore;
  readonly inspector: MessageInspector;
  readonly hostname: string;
}

export function createInboxSession({ store, inspector, hostname }: InboxParts): SmtpSession {
  let envelope: { readonly sender: string; readonly recipients: readonly string[] } = {
    sender: '',
    recipients: [],
  };
  return {
    connect: () => ({ code: 220, text: `${hostname} demo inbox` }),
    helo: () => ({ code: 250, text: hostname }),
    mail({ address }) {
      envelope = { sender: address, recipients: [] };
      return fine;
    },
    rcpt(recipient) {
      envelope = { ...envelope, recipients: [...envelope.recipients, recipient] };
      return fine;
    },
    async data(message) {
      if (message.status !== 'complete') return { code: 552, enhanced: '5.3.4', text: 'Too large' };
      const inspected = await inspector.inspect(message.raw, { textLimit: 0, deadlineMs: 2_000 });
      const { subject, from } = inspected.ok ? inspected.value : { subject: '', from: [] };
      await store.keep({
        ...envelope,
        subject,
        from: from[0]?.name || (from[0]?.address ?? ''),
        raw: message.raw,
      });
      return { ...fine, text: 'Delivered to the demo inbox' };
    },
    reset() {
      envelope = { sender: '', recipients: [] };
    },
    close: () => undefined,
  };
}
