/** The pages of the demo inbox: a list and one mail, as plain HTML without any script. */
import type { InspectedMessage } from '@sluice/core/ports/message-inspector.ts';
import type { InboxMail } from './mail-store.ts';

/** Everything that came in a mail is hostile: it is shown as text and nothing else. */
const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: light-dark(#0b57d0, #8ab4f8); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } a { color: var(--link); }
ul { list-style: none; padding: 0; } li { border-top: 1px solid var(--line); padding: .6rem 0; }
li a { font-weight: 600; text-decoration: none; overflow-wrap: anywhere; } small { opacity: .75; display: block; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 1rem; border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }`;

const page = (title: string, body: string, refresh = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}` +
  `<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>${body}</main></body></html>`;

export function listPage(mails: readonly InboxMail[]): string {
  const items = mails.map(
    (mail) =>
      `<li><a href="/mails/${mail.id}">${escapeHtml(mail.subject || '(no subject)')}</a>` +
      `<small>${escapeHtml(mail.from || mail.sender || '<>')} → ${escapeHtml(mail.recipients.join(', '))} · ` +
      `<time datetime="${mail.receivedAt}">${mail.receivedAt.slice(0, 19).replace('T', ' ')} UTC</time></small></li>`,
  );
  const body =
    items.length === 0
      ? '<p>Nothing yet. Good mail for demo.test arrives here.</p>'
      : `<ul>${items.join('')}</ul>`;
  return page('Demo inbox', `<h1>Demo inbox</h1>${body}`, '<meta http-equiv="refresh" content="5">');
}

/** `message` is undefined where nobody could read it. */
export function mailPage(mail: InboxMail, message: InspectedMessage | undefined): string {
  const { parts, headers, text } = message ?? { parts: [], headers: [], text: 'This mail cannot be read.' };
  const rows = [
    ['From', mail.from],
    ['To', mail.recipients.join(', ')],
    ['Envelope sender', mail.sender || '<>'],
    ['Received', mail.receivedAt],
    ['Size', `${mail.size} bytes`],
    [
      'Attachments',
      parts.flatMap((part) => (part.name === undefined ? [] : [part.name])).join(', ') || 'none',
    ],
  ];
  const terms = rows.map(([name = '', value = '']) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`);
  const fields = headers.map((field) => `${field.name}: ${field.value}`).join('\n');
  const subject = mail.subject || '(no subject)';
  return page(
    subject,
    `<p><a href="/">← Demo inbox</a></p><h1>${escapeHtml(subject)}</h1><dl>${terms.join('')}</dl>` +
      `<pre>${escapeHtml(text)}</pre>` +
      `<details><summary>Headers</summary><pre>${escapeHtml(fields)}</pre></details>` +
      `<p><a href="/mails/${mail.id}/raw">Raw mail</a></p>`,
  );
}

export const missingPage = (): string =>
  page('Not found', '<h1>Not found</h1><p><a href="/">Demo inbox</a></p>');
