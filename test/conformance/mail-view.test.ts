/** What people are shown of mails of every build: which parts, in which form and charset, and in bounded time. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { MailContent, MailDocument } from '@sluice/core/ports/mail-viewer.ts';
import { createMailViewer } from '@sluice/mime';
import { corpusMissing, readMail, readSuite, type CorpusFile } from '../support/corpus.ts';
import { lines, mailWith } from './mime-messages.ts';

const viewer = createMailViewer({ deadlineMs: 20_000 });
afterAll(() => viewer.close());

async function view(raw: Uint8Array): Promise<MailContent> {
  const content = await viewer.view(raw);
  if (!content.ok) throw new Error(content.error);
  return content.value;
}

async function html(raw: Uint8Array): Promise<MailDocument | undefined> {
  const document = await viewer.html(raw);
  if (!document.ok) throw new Error(document.error);
  return document.value;
}

const body = async (raw: Uint8Array): Promise<string> =>
  /<body>\n(.*)\n<\/body>/s.exec((await html(raw))?.html ?? '')?.[1] ?? '';

const multipart = (kind: string, boundary: string, ...parts: readonly (readonly string[])[]): string[] => [
  `Content-Type: multipart/${kind}; boundary=${boundary}`,
  '',
  ...parts.flatMap((part) => [`--${boundary}`, ...part]),
  `--${boundary}--`,
];
const part = (type: string, text: string, ...fields: readonly string[]): string[] => [
  `Content-Type: ${type}`,
  ...fields,
  '',
  text,
];
const plain = (text: string): string[] => part('text/plain', text);
const page = (text: string): string[] => part('text/html', text);

describe('what is read', () => {
  it('of alternatives is one form, with what stands beside them', async () => {
    const raw = lines(
      ...multipart(
        'mixed',
        'm',
        multipart('alternative', 'a', plain('plain'), multipart('related', 'r', page('<b>fine</b>'))),
        plain('footer'),
      ),
    );
    expect((await view(raw)).text).toBe('plain\n\nfooter');
    expect(await body(raw)).toBe(
      '<div><b>fine</b></div>\n<hr class="next">\n<div><div class="plain">footer</div></div>',
    );
  });

  it('without the preferred form, or with an empty one, is the other', async () => {
    const only = lines(...multipart('alternative', 'a', plain('  '), page('<p>fine</p>')));
    expect((await view(only)).text).toContain('fine');
    const blank = lines(...multipart('alternative', 'a', plain('plain'), page(' ')));
    expect(await html(blank)).toBeUndefined();
    expect(await view(blank)).toMatchObject({ text: 'plain', hasHtml: false });
  });

  it('hides no second HTML', async () => {
    const raw = lines(...multipart('mixed', 'm', page('<p>one</p>'), page('<p>two</p>')));
    expect(await body(raw)).toMatch(/one.*two/s);
  });

  it('is the mail, not one that is attached to it; but that one, where there is nothing else', async () => {
    const attached = ['Content-Type: message/rfc822', '', 'Subject: inner', ...page('<p>inner</p>')];
    const both = await view(lines(...multipart('mixed', 'm', plain('outer'), attached)));
    expect(both).toMatchObject({ text: 'outer', hasHtml: false });
    expect(both.parts).toMatchObject([
      { isAttachment: false },
      { type: 'message/rfc822', isAttachment: true },
      { type: 'text/html', isAttachment: false },
    ]);
    expect((await view(lines(...multipart('mixed', 'm', attached)))).hasHtml).toBe(true);
  });

  it('is in the charset that fits, whatever is declared', async () => {
    const mail = (charset: string, bytes: Buffer): Buffer =>
      Buffer.concat([lines(`Content-Type: text/plain; charset=${charset}`, ''), bytes]);
    const text = async (charset: string, bytes: Buffer) => (await view(mail(charset, bytes))).text;
    const cafe = Buffer.from('caf\xe9 \x80', 'latin1');
    for (const charset of ['utf-8', 'us-ascii', 'x-none', '"', 'iso-8859-1', 'utf-7'])
      expect(await text(charset, cafe)).toBe('café €');
    for (const charset of ['utf-8', 'us-ascii', 'x-none', 'gb18030x'])
      expect(await text(charset, Buffer.from('café €'))).toBe('café €');
    expect(await text('koi8-r', Buffer.from([0xd0, 0xd2, 0xc9]))).toBe('при');
    const named = lines(
      'Content-Type: text/html',
      '',
      '<meta http-equiv=x content="text/html; charset=koi8-r">',
    );
    expect(await body(Buffer.concat([named, Buffer.from([0xd0, 0xd2, 0xc9])]))).toContain('при');
  });

  it('is a header decoded and in order, what is repeated included', async () => {
    const raw = lines('X: =?utf-8?q?=E2=82=AC?=', 'A: \u202eb\u0007', 'X: =?x?Q?=?= two', '', 'text');
    expect((await view(raw)).headers).toEqual([
      { name: 'X', value: '€' },
      { name: 'A', value: '\ufffdb ' },
      { name: 'X', value: expect.stringContaining('two') },
    ]);
    const many = await view(lines(...Array.from({ length: 700 }, (_, at) => `X-${at}: ${at}`), '', 'text'));
    expect(many.headers).toHaveLength(500);
    expect(many.truncated).toBe(true);
  });
});

describe('pictures', () => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
  const related = (source: string, content: Buffer): Buffer =>
    lines(
      ...multipart('related', 'r', page(`<img src="${source}" alt=words>`), [
        'Content-Type: image/png',
        'Content-ID: <a@b>',
        'Content-Transfer-Encoding: base64',
        '',
        content.toString('base64'),
      ]),
    );

  it('that came along are shown, by whatever spelling of their name', async () => {
    for (const source of ['cid:a@b', 'CID:a%40b', ' cid:a@b '])
      expect(await body(related(source, png))).toContain(
        `src="data:image/png;base64,${png.toString('base64')}"`,
      );
    expect((await view(related('cid:a@b', png))).parts[1]).toMatchObject({
      contentId: 'a@b',
      isAttachment: false,
    });
  });

  it('that are none, or too large, or missing are a box with their words', async () => {
    for (const content of [
      Buffer.from('<svg onload=x>'),
      Buffer.concat([png, Buffer.alloc(4 * 1024 * 1024)]),
    ]) {
      expect(await body(related('cid:a@b', content))).toMatch(/<span [^>]*>words<\/span>/);
    }
    expect(await html(related('cid:other', png))).toMatchObject({ remoteImages: 0 });
  });

  it('from elsewhere are counted, and the host is told', async () => {
    const raw = lines(
      ...page(
        '<img src=http://far.example/a><img src=//far.example/p width=1 height=1><td background="https://far.example/b">' +
          '<p style="background:url(https://far.example/c)"><img src=cid:x><img srcset="x 1x, //far.example/d 2x">',
      ),
    );
    expect((await view(raw)).remoteImages).toBe(5);
    expect(await body(raw)).toContain('[Image from far.example, not loaded]');
  });
});

describe('parts', () => {
  it('are numbered alike in the list and for the download, files within texts included', async () => {
    const uu = 'See\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend';
    const raw = lines(...multipart('mixed', 'm', plain(uu), part('text/csv', 'a,b'), plain('end')));
    const { parts } = await view(raw);
    expect(parts.map(({ index, name, size }) => [index, name, size])).toEqual([
      [0, '', Buffer.byteLength(uu)],
      [1, 'cat.txt', 3],
      [2, '', 3],
      [3, '', 3],
    ]);
    for (const { index, size } of parts) {
      const read = await viewer.part(raw, index);
      expect(read).toMatchObject({ ok: true, value: { bytes: { length: size } } });
    }
    expect(await viewer.part(raw, 4)).toEqual({ ok: true, value: undefined });
    expect(await viewer.part(raw, -1)).toEqual({ ok: true, value: undefined });
  });

  it('have the bytes that were sent, however many they are', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'sluice');
    const read = await viewer.part(mailWith(['Content-Type: application/zip; name=a.zip'], bytes), 1);
    expect(read.ok && read.value?.name).toBe('a.zip');
    expect(read.ok && read.value !== undefined && bytes.equals(read.value.bytes)).toBe(true);
  });
});

describe('a mail made to break the viewer', () => {
  const fields = [
    'Content-Type: multipart/alternative; boundary=b\r\n',
    'Content-Type: multipart/mixed; boundary=b; boundary=c\r\n',
    'Content-Type: multipart/related\r\n',
    'Content-Type: message/rfc822\r\n',
    'Content-Type: text/html; charset=utf-16\r\n',
    'Content-Type: text/html; charset=iso-2022-jp\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    'Content-Disposition: attachment; filename="\u202e"\r\n',
    'Content-ID: <%>\r\n',
    'Subject: =?utf-8?B?//8=?= =?x?Q?=?=\r\n',
    '\r\n',
    '--b\r\n',
    '--c\r\n',
    '--b--\r\n',
    'begin 644 x\r\n#',
    '<img src="cid:%"><img src="data:image/png;base64,iVBORw0KGgo=">',
    '<a href="http://[">x</a><a href="mailto:%">',
    '<p style="color:red;;:;{}\\"><table><td width=1%>',
    '\u001b$B<\u001b(B',
  ];
  const mails = fc
    .array(
      fc.oneof(
        fc.constantFrom(...fields).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 30 }),
      ),
      { maxLength: 30 },
    )
    .map((pieces) => Buffer.concat(pieces));

  it('is shown all the same, and its parts are those of the list', async () => {
    await fc.assert(
      fc.asyncProperty(mails, async (raw) => {
        const { parts, hasHtml, remoteImages } = await view(raw);
        const document = await html(raw);
        expect(document !== undefined).toBe(hasHtml);
        expect(document?.remoteImages ?? 0).toBe(remoteImages);
        const last = await viewer.part(raw, parts.length - 1);
        expect(last).toMatchObject({ ok: true, value: { bytes: { length: parts.at(-1)?.size } } });
        expect(await viewer.part(raw, parts.length)).toEqual({ ok: true, value: undefined });
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it.each<readonly [string, Buffer, boolean]>([
    ['50 MB of text', lines(...plain('words '.repeat(8_000_000))), true],
    ['20 MB of HTML', lines(...page('<p>words</p>'.repeat(1_700_000))), true],
    ['4 MB of styles', lines(...page('<b style="color:red">x</b>'.repeat(160_000))), false],
    ['4 MB of links', lines(...page('<a href=http:x>'.repeat(260_000))), true],
    ['4 MB of pictures', lines(...page('<img src=http:x>'.repeat(260_000))), false],
    ['10,000 levels of tables', lines(...page('<table><tr><td>'.repeat(10_000))), false],
    ['one picture 100,000 times', lines(...page('<img src=cid:x>'.repeat(100_000))), false],
    [
      '3,000 parts',
      lines(...multipart('mixed', 'b', ...Array.from({ length: 3_000 }, () => page('x')))),
      true,
    ],
    ['200 levels of mails', Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(200)), true],
  ])(
    '%s: the answer is small and comes',
    async (_, raw, isCut) => {
      const content = await view(raw);
      expect(content.truncated).toBe(isCut);
      expect(content.text.length).toBeLessThanOrEqual(200_000);
      const document = await viewer.html(raw);
      if (document.ok) expect(document.value?.html.length ?? 0).toBeLessThan(20_000_000);
    },
    60_000,
  );

  it('in its HTML shows its text and parts all the same', async () => {
    const impatient = createMailViewer({ deadlineMs: 3_000 });
    try {
      await impatient.view(lines('Subject: warm', '', 'text'));
      const raw = lines('Subject: slow', ...page(`${'<i>'.repeat(400_000)}${'</b>'.repeat(400_000)}`));
      expect(await impatient.html(raw)).toEqual({ ok: false, error: 'timeout' });
      expect(await impatient.view(raw)).toMatchObject({
        ok: true,
        value: { headers: [{ value: 'slow' }, {}], hasHtml: true, truncated: true, parts: [{ index: 0 }] },
      });
    } finally {
      await impatient.close();
    }
  }, 60_000);
});

describe.skipIf(corpusMissing)('every mail (needs the corpus)', () => {
  const sources: readonly (readonly [string, () => Iterable<CorpusFile>])[] = [
    ['mime', () => readSuite('mime')],
    ['av-evasion', () => readSuite('av-evasion')],
    ['dsn', () => readSuite('dsn')],
    ['spam-rules', () => readSuite('spam-rules')],
    ['phishing-pot', () => readMail('phishing-pot')],
    ['foff-milter', () => readMail('foff-milter')],
    ['spamassassin', () => readMail('spamassassin')],
  ];
  it.each(sources)(
    'of %s is shown',
    async (_, files) => {
      for (const { path, bytes } of files()) {
        const [content, document] = await Promise.all([viewer.view(bytes), viewer.html(bytes)]);
        expect([path, content.ok, document.ok]).toEqual([path, true, true]);
      }
    },
    300_000,
  );
});
