/** What the inspector says of ordinary mails: header, parts, text. */
import { afterAll, describe, expect, it } from 'vitest';
import { createMessageInspector, messageText } from '@sluice/mime';
import { inspected, lines, namesIn } from './mime-messages.ts';

const inspector = createMessageInspector();
afterAll(() => inspector.close());

const look = (...text: readonly string[]) => inspected(inspector, lines(...text));

describe('a plain mail', () => {
  it('is read whole', async () => {
    expect(
      await look(
        'Received: from a',
        'Received: from b',
        'From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.com>',
        'To: Group: a@example.org, "B, b" <b@example.org>;',
        'Subject: =?iso-8859-1?Q?caf=E9?= at',
        ' noon',
        'Message-ID: <1@example.com>',
        '',
        'Hello',
        'there',
      ),
    ).toEqual({
      headers: [
        { name: 'Received', value: 'from a' },
        { name: 'Received', value: 'from b' },
        {
          name: 'From',
          value: '=?utf-8?Q?J=C3=B6rg?= <joerg@example.com>',
          decoded: 'Jörg <joerg@example.com>',
        },
        { name: 'To', value: 'Group: a@example.org, "B, b" <b@example.org>;' },
        { name: 'Subject', value: '=?iso-8859-1?Q?caf=E9?= at noon', decoded: 'café at noon' },
        { name: 'Message-ID', value: '<1@example.com>' },
      ],
      subject: 'café at noon',
      from: [{ name: 'Jörg', address: 'joerg@example.com' }],
      to: [
        { name: '', address: 'a@example.org' },
        { name: 'B, b', address: 'b@example.org' },
      ],
      messageId: '<1@example.com>',
      parts: [
        {
          path: '1',
          type: 'text/plain',
          sniffedType: undefined,
          name: undefined,
          otherNames: [],
          disposition: undefined,
          size: 14,
          encrypted: false,
        },
      ],
      text: 'Hello\nthere',
      links: [],
      html: undefined,
      structure: 'text/plain',
      anomalies: [],
    });
  });

  it('shows every sender, and none where the field cannot be read', async () => {
    const message = await look('From: a@example.com', 'From: b@example.com', 'From: nobody at all', '', '');
    expect(message.from.map(({ address }) => address)).toEqual(['a@example.com', 'b@example.com', '']);
  });

  it('has its links, its structure and its decoded fields where they are asked for', async () => {
    const raw = lines(
      'Subject: =?utf-8?Q?caf=C3=A9?=',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'See http://a.example/.',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Content-Type: text/html',
      '',
      '<a href="https://b.example/">here</a>',
      '--b',
      'Content-Type: application/pdf',
      '',
      '--b--',
    );
    const message = await inspected(inspector, raw, { textLimit: 10, content: true, deadlineMs: 10_000 });
    expect(message.headers[0]).toMatchObject({ decoded: 'café' });
    expect(message.links).toEqual([
      { href: 'http://a.example/', text: '' },
      { href: 'https://b.example/', text: 'here' },
    ]);
    expect(message.structure).toBe('multipart/mixed(text/plain,message/rfc822(text/html),application/pdf)');
    expect(message.html).toMatchObject({ images: 0, forms: 0 });
  });

  it('is empty without anything', async () => {
    const message = await inspected(inspector, new Uint8Array());
    expect(message).toMatchObject({ headers: [], subject: '', from: [], to: [], messageId: '', text: '' });
  });
});

describe('the parts of a mail', () => {
  const nested = [
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    'preamble',
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    '',
    'plain',
    '--inner',
    'Content-Type: text/html; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<p>caf=E9</p>',
    '--inner--',
    '--outer',
    'Content-Type: message/rfc822',
    'Content-Disposition: attachment; filename=mail.eml',
    '',
    'Subject: attached',
    'Content-Type: multipart/mixed; boundary=third',
    '',
    '--third',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQK',
    '--third--',
    '--outer',
    'Content-Type: text/plain; name=notes.txt',
    'Content-Disposition: attachment; filename=other.txt',
    '',
    'not shown',
    '--outer--',
    'epilogue',
  ];

  it('have paths, types and names', async () => {
    const { parts } = await look(...nested);
    expect(parts.map((part) => [part.path, part.type, part.name, ...part.otherNames])).toEqual([
      ['1.1', 'text/plain', undefined],
      ['1.2', 'text/html', undefined],
      ['2', 'message/rfc822', 'mail.eml'],
      ['2.1', 'application/pdf', 'a.pdf'],
      ['3', 'text/plain', 'other.txt', 'notes.txt'],
    ]);
    expect(parts[3]).toMatchObject({ sniffedType: 'application/pdf', size: 9 });
  });

  it('give the text that is shown, HTML as text', async () => {
    expect((await look(...nested)).text).toBe('plain\ncafé');
    expect(messageText(lines(...nested), 7)).toBe('plain\nc');
  });

  it('default to messages in a digest', async () => {
    const { parts } = await look(
      'Content-Type: multipart/digest; boundary=b',
      '',
      '--b',
      '',
      'Subject: one',
      '',
      'text of one',
      '--b--',
    );
    expect(parts.map(({ path, type }) => [path, type])).toEqual([
      ['1', 'message/rfc822'],
      ['1.1', 'text/plain'],
    ]);
  });

  it('are files within a text too', async () => {
    const message = await look('Subject: old times', '', 'See:', 'begin 644 cat.txt', '#0V%T', '`', 'end');
    expect(message.parts).toMatchObject([
      { path: '1' },
      { path: '1/0', name: 'cat.txt', size: 3, disposition: 'attachment' },
    ]);
  });

  it('are seen where no boundary is declared that occurs', async () => {
    const message = await look(
      'Content-Type: multipart/mixed; boundary=wrong',
      '',
      '--right',
      'Content-Type: application/octet-stream; name=a.exe',
      '',
      'x',
      '--right--',
    );
    expect(namesIn(message)).toEqual(['a.exe']);
    expect(message.anomalies).toEqual(['missing-boundary']);
  });

  it('are decoded as a mail program would where the encoding is misspelt', async () => {
    const message = await look(
      'Content-Type: application/octet-stream; name=a.bin',
      'Content-Transfer-Encoding: base-64',
      '',
      'TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA',
    );
    expect(message.parts[0]?.sniffedType).toBe('application/x-msdownload');
    expect(message.anomalies).toEqual(['bad-encoding']);
  });
});
