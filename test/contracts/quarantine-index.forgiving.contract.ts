/** Typos and facets: what a quarantine index forgives, and what it counts. A part of the QuarantineIndex contract. */
import { accountScope, operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type {
  QuarantineDocument,
  QuarantineIndex,
  QuarantineIndexWriter,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import { describe, expect, it } from 'vitest';
import { accountOf, document, domainOf, mailOf } from './quarantine-index.documents.ts';

interface Opened {
  readonly writer: QuarantineIndexWriter;
  readonly reader: QuarantineIndex;
}

export function quarantineForgivingContract(opened: () => Opened): void {
  const write = (...upsert: QuarantineDocument[]): Promise<void> =>
    opened().writer.write({ upsert, remove: [], checkpoint: '1' });
  const find = async (query: QuarantineQuery, scope = operatorScope()): Promise<string[]> =>
    (await opened().reader.search(scope, query)).items.map(({ mailId }) => mailId);
  const mails = (...numbers: number[]): string[] => numbers.map(mailOf);

  describe('typos', () => {
    it('of one letter are forgiven in words of five letters and more', async () => {
      await write(document(1, { subject: 'Your invoice' }), document(2, { subject: 'Your bank' }));
      for (const text of ['invoise ', 'invoce ', 'invoicee ', 'invoise', 'your invoise ', 'invoise -bank'])
        expect(await find({ text }), text).toEqual(mails(1));
      for (const text of ['bamk ', 'banc ', 'inwoise ']) expect(await find({ text }), text).toEqual([]);
    });

    it('are forgiven only where nothing is found as it was typed', async () => {
      await write(document(1, { subject: 'hotel' }), document(2, { subject: 'hovel' }));
      expect(await find({ text: 'hotel ' })).toEqual(mails(1));
      expect(await find({ text: 'homel ' })).toEqual(mails(2, 1));
    });

    it('are not forgiven in quotes, nor in what is excluded', async () => {
      await write(document(1, { subject: 'invoice' }));
      expect(await find({ text: '"invoise"' })).toEqual([]);
      expect(await find({ text: '-invoise' })).toEqual(mails(1));
    });

    it('show the word that was found, count it, and go on over pages', async () => {
      await write(...Array.from({ length: 30 }, (_, n) => document(n, { body: 'please pay the invoice' })));
      const { reader } = opened();
      const first = await reader.search(operatorScope(), { text: 'invoise ', limit: 20 });
      expect(first.items[0]!.excerpt).toContain('\u{E000}invoice\u{E001}');
      const second = await find({ text: 'invoise ', limit: 20, cursor: first.next! });
      expect(second).toEqual(mails(...Array.from({ length: 10 }, (_, n) => 9 - n)));
      expect(await reader.count(operatorScope(), { text: 'invoise ' }, 100)).toBe(30);
    });

    it('tell nothing of others: neither their mails, nor that they have the word', async () => {
      await write(
        document(1, { subject: 'invoice' }),
        document(2, { subject: 'invoise', accountId: accountOf(2), domainId: domainOf(2) }),
      );
      expect(await find({ text: 'invoise ' }, accountScope(accountOf(1)))).toEqual(mails(1));
      expect(await find({ text: 'invoixe ' }, accountScope(accountOf(2)))).toEqual(mails(2));
    });
  });

  describe('facets', () => {
    it('count reasons and checks of all that a query finds, the most frequent first', async () => {
      await write(
        document(1, { reason: 'virus', checks: ['virus', 'spf'] }),
        document(2, { reason: 'spf-fail', checks: ['spf'], subject: 'red' }),
        document(3, { reason: 'spf-fail', checks: ['spf', 'dkim'], subject: 'red' }),
      );
      const { reader } = opened();
      expect(await reader.facets(operatorScope(), { limit: 1 })).toEqual({
        reasons: [
          { value: 'spf-fail', count: 2 },
          { value: 'virus', count: 1 },
        ],
        checks: [
          { value: 'spf', count: 3 },
          { value: 'dkim', count: 1 },
          { value: 'virus', count: 1 },
        ],
        isComplete: true,
      });
      expect(await reader.facets(operatorScope(), { text: 'red', check: 'dkim' })).toMatchObject({
        reasons: [{ value: 'spf-fail', count: 1 }],
      });
    });

    it('are of the scope only, and nothing where it is empty', async () => {
      await write(document(1), document(2, { accountId: accountOf(2), reason: 'virus', checks: ['virus'] }));
      const { reader } = opened();
      expect(await reader.facets(accountScope(accountOf(1)), {})).toEqual({
        reasons: [{ value: 'spf-fail', count: 1 }],
        checks: [{ value: 'spf', count: 1 }],
        isComplete: true,
      });
      const none = { reasons: [], checks: [], isComplete: true };
      expect(await reader.facets(accountScope(accountOf(1), []), {})).toEqual(none);
      expect(await reader.facets(accountScope(accountOf(3)), { text: 'nothing' })).toEqual(none);
    });
  });
}
