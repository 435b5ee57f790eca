/** What is a word, in whichever script and whatever stands beside it. A part of the QuarantineIndex contract. */
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type {
  QuarantineDocument,
  QuarantineIndex,
  QuarantineIndexWriter,
} from '@sluice/core/ports/quarantine-index.ts';
import { describe, expect, it } from 'vitest';
import { document, mailOf } from './quarantine-index.documents.ts';

interface Opened {
  readonly writer: QuarantineIndexWriter;
  readonly reader: QuarantineIndex;
}

export function quarantineWordsContract(opened: () => Opened): void {
  const write = (...upsert: QuarantineDocument[]): Promise<void> =>
    opened().writer.write({ upsert, remove: [], checkpoint: '1' });
  const find = async (text: string): Promise<string[]> =>
    (await opened().reader.search(operatorScope(), { text })).items.map(({ mailId }) => mailId);
  const first = [mailOf(1)];

  describe('words', () => {
    it('end at symbols, pictures and invisible signs, which excerpts show as they were', async () => {
      const subject = '🎉Congratulations❤️ you→won €500™ §7 №12 x\u{200B}y';
      await write(document(1, { subject }));
      for (const text of ['congratulations ', 'you ', 'won ', '500 ', '7 ', '12 ', 'congrat', 'y '])
        expect(await find(text), text).toEqual(first);
      const { items } = await opened().reader.search(operatorScope(), { text: 'congratulations ' });
      expect(items[0]!.excerpt).toBe(subject.replace('Congratulations', '\u{E000}$&\u{E001}'));
    });

    it('do not end at a capital letter', async () => {
      await write(document(1, { subject: 'Your PayPal and eBay' }));
      for (const text of ['paypal ', 'PayPal ', 'ebay ', 'payp'])
        expect(await find(text), text).toEqual(first);
      for (const text of ['pal ', '"pay pal"']) expect(await find(text), text).toEqual([]);
    });

    it('are found as they are written in any script', async () => {
      const subject = 'мой счёт, Ελλάδα, हिन्दी, שָׁלוֹם, 발표, ที่นี่, カード, Đặng, Straße, ﬁn';
      await write(document(1, { subject }), document(2));
      for (const text of subject.split(', ').slice(0, -1)) {
        expect(await find(`${text} `), text).toEqual(first);
        expect(await find(`"${text}"`), text).toEqual(first);
      }
    });

    it('that are very long are asked for like others', async () => {
      await write(document(1));
      const long = 'ж'.repeat(400);
      for (const text of [`${long} `, long, `"${long} ${long}"`, `subject ${'ﷺ'.repeat(60)} `])
        expect(await find(text)).toEqual([]);
      expect(await find(`subject -${long}`)).toEqual(first);
    });

    it('of a phrase may have punctuation between them', async () => {
      await write(
        document(1, {
          body: 'Re: Dear customer, your account is closed! Act now. (Really; yes?) Bye… for，ever‼ end',
        }),
      );
      const phrases = [
        '"re dear customer your"',
        '"customer, your account"',
        '"closed act now"',
        '"yes bye"',
        '"bye for ever end"',
      ];
      for (const text of phrases) expect(await find(text), text).toEqual(first);
      expect(await find('"customer account"')).toEqual([]);
    });
  });
}
