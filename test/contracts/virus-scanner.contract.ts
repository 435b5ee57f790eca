/** What every VirusScanner promises: it finds what is in a mail, however it is attached, and never throws. */
import { describe, expect, it } from 'vitest';
import type { VirusScanner } from '@sluice/core/ports/virus-scanner.ts';

export interface ScannerUnderTest {
  readonly scanner: VirusScanner;
  /** A file that the scanner must find. */
  readonly infected: Buffer;
  /** The same in a zip. */
  readonly zipped: Buffer;
}

export function virusScannerContract(name: string, create: () => ScannerUnderTest): void {
  describe(`virus scanner: ${name}`, () => {
    it('calls a harmless mail clean, by an engine with a version', async () => {
      const result = await create().scanner.scan(mail('Hello there'), 10_000);
      expect(result).toEqual({ status: 'clean', engine: expect.stringMatching(/\d/) });
    });

    it('calls an empty mail clean', async () => {
      expect((await create().scanner.scan(new Uint8Array(), 10_000)).status).toBe('clean');
    });

    it('finds what stands in the text', async () => {
      const { scanner, infected } = create();
      expect(await scanner.scan(mail(infected.toString()), 10_000)).toMatchObject({
        status: 'infected',
        signature: expect.stringMatching(/eicar/i),
      });
    });

    it('finds what is attached in base64', async () => {
      const { scanner, infected } = create();
      expect(await scanner.scan(mailWith('test.com', infected), 10_000)).toMatchObject({
        status: 'infected',
      });
    });

    it('finds what is attached in a zip', async () => {
      const { scanner, zipped } = create();
      expect(await scanner.scan(mailWith('test.zip', zipped), 10_000)).toMatchObject({ status: 'infected' });
    });

    it('answers many at once, each its own', async () => {
      const { scanner, infected } = create();
      const mails = [mail('Hello'), mailWith('a.com', infected)];
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, at) => scanner.scan(mails[at % 2]!, 20_000)),
      );
      expect(results.map((result) => result.status)).toEqual(
        results.map((_, at) => (at % 2 === 0 ? 'clean' : 'infected')),
      );
    });
  });
}

export const mail = (text: string): Buffer =>
  Buffer.from(`From: a@example.com\r\nTo: b@example.org\r\nSubject: test\r\n\r\n${text}\r\n`);

function mailWith(name: string, attachment: Buffer): Buffer {
  const lines = attachment.toString('base64').replace(/(.{76})/g, '$1\r\n');
  return Buffer.from(
    [
      'From: a@example.com',
      'To: b@example.org',
      'Subject: attached',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="between"',
      '',
      '--between',
      'Content-Type: text/plain',
      '',
      'See the file.',
      '--between',
      `Content-Type: application/octet-stream; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      lines,
      '--between--',
      '',
    ].join('\r\n'),
  );
}
