/** What every QuarantineIndex promises: it finds what people look for, newest first, within their scope and no further. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountScope, operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type {
  QuarantineDocument,
  QuarantineIndex,
  QuarantineIndexes,
  QuarantineIndexWriter,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import { accountOf, at, document, domainOf, mailOf } from './quarantine-index.documents.ts';
import { quarantineForgivingContract } from './quarantine-index.forgiving.contract.ts';
import { quarantineTenancyContract } from './quarantine-index.tenancy.contract.ts';
import { quarantineWordsContract } from './quarantine-index.words.contract.ts';

export interface IndexesUnderTest {
  readonly indexes: QuarantineIndexes;
  /** Ends them and removes what they kept. */
  dispose(): Promise<void>;
}

export function quarantineIndexContract(title: string, create: () => Promise<IndexesUnderTest>): void {
  describe(`quarantine index: ${title}`, () => {
    let under: IndexesUnderTest;
    let writer: QuarantineIndexWriter;
    let reader: QuarantineIndex;
    beforeEach(async () => {
      under = await create();
      writer = await under.indexes.openWriter();
      reader = await under.indexes.openReader();
    });
    afterEach(async () => {
      await reader.close();
      await writer.close();
      await under.dispose();
    });

    const write = (...upsert: QuarantineDocument[]) => writer.write({ upsert, remove: [], checkpoint: '1' });
    const find = async (query: QuarantineQuery, scope = operatorScope()): Promise<string[]> =>
      (await reader.search(scope, query)).items.map(({ mailId }) => mailId);
    const mails = (...numbers: number[]): string[] => numbers.map(mailOf);

    describe('finds', () => {
      it('nothing in an empty index', async () => {
        for (const fields of ['all', 'headers'] as const)
          expect(await reader.search(operatorScope(), { text: 'word', fields })).toEqual({ items: [] });
        expect(await reader.count(operatorScope(), {}, 10)).toBe(0);
      });

      it('all that a list shows of a mail', async () => {
        const mail = document(1, { verdict: 'hold', recipients: ['a@b.test', 'c@b.test'], subject: 'Grüße' });
        await write(mail);
        const { checks: _checks, attachmentNames: _names, body: _body, ...shown } = mail;
        expect((await reader.search(operatorScope(), {})).items).toEqual([{ ...shown, excerpt: '' }]);
      });

      it('words in every part of a mail, whatever their case and diacritics', async () => {
        await write(
          document(1, { subject: 'Überweisung' }),
          document(2, { from: 'Überweisung <x@remote.test>' }),
          document(3, { body: `${'filler '.repeat(4000)} ÜBERWEISUNG` }),
          document(4, { attachmentNames: ['a.txt', 'Überweisung.doc'] }),
          document(5, { sender: 'uberweisung@remote.test' }),
          document(6, { recipients: ['x@customer.test', 'uberweisung@customer.test'] }),
          document(7),
        );
        expect(await find({ text: 'uberweisung' })).toEqual(mails(6, 5, 4, 3, 2, 1));
      });

      it('within headers and names of attachments nothing that stands in the text only', async () => {
        const fields = 'headers';
        const body = 'the secret plan is ready';
        await write(
          document(1, { subject: 'secret', body: 'other words' }),
          document(2, { body }),
          document(3, { from: 'The Secret <x@remote.test>' }),
          document(4, { attachmentNames: ['secret.doc'] }),
          document(5, { sender: 'secret@remote.test', recipients: ['secret@customer.test'], body }),
        );
        expect(await find({ text: 'secret ', fields })).toEqual(mails(5, 4, 3, 1));
        expect(await find({ text: 'secr', fields })).toEqual(mails(5, 4, 3, 1));
        expect(await find({ text: 'secret plan ', fields })).toEqual([]);
        expect(await find({ text: '"secret plan"', fields })).toEqual([]);
        expect(await find({ text: '-plan', fields })).toEqual(mails(5, 4, 3, 2, 1));
        expect(await find({ text: '-"secret plan"', fields })).toEqual(mails(5, 4, 3, 2, 1));
        expect(await find({ text: '-secret', fields })).toEqual(mails(2));
        expect(await reader.count(operatorScope(), { text: 'secret ', fields }, 10)).toBe(4);
        expect(await reader.count(operatorScope(), { text: 'plan ', fields }, 10)).toBe(0);
        const { items } = await reader.search(operatorScope(), { text: 'secret ', fields });
        expect(items.map(({ excerpt }) => excerpt).join()).not.toMatch(/plan|words/);
        expect(await find({ text: 'secret ', fields: 'all' })).toEqual(mails(5, 4, 3, 2, 1));
      });

      it('mails in which all words occur, in whichever part', async () => {
        await write(document(1, { subject: 'red car' }), document(2, { subject: 'red', body: 'car' }));
        await write(document(3, { subject: 'red' }));
        expect(await find({ text: 'car red' })).toEqual(mails(2, 1));
      });

      it('phrases, only in their order and not over the edge of a part', async () => {
        await write(
          document(1, { body: 'please confirm your bank account today' }),
          document(2, { body: 'account of the bank' }),
          document(3, { subject: 'bank', body: 'account' }),
          document(4, { subject: 'the bank', from: 'account' }),
          document(5, { recipients: ['x@bank.test', 'account@y.test'] }),
        );
        expect(await find({ text: '"bank account"' })).toEqual(mails(1));
      });

      it('what does not hold an excluded word, also with nothing else asked for', async () => {
        await write(
          document(1, { body: 'hotel sea' }),
          document(2, { body: 'hotel' }),
          document(3, { body: 'sea' }),
        );
        expect(await find({ text: 'hotel -sea' })).toEqual(mails(2));
        expect(await find({ text: '-sea' })).toEqual(mails(2));
        expect(await find({ text: '-"hotel sea"' })).toEqual(mails(3, 2));
      });

      it('words by their beginning', async () => {
        await write(document(1, { body: 'invoicing' }), document(2, { subject: 'Invoices' }));
        await write(document(3, { body: 'reinvoice' }), document(4, { body: 'in voice' }));
        expect(await find({ text: 'invoic*' })).toEqual(mails(2, 1));
        expect(await find({ text: 'inv*' })).toEqual(mails(2, 1));
        expect(await find({ text: 'invoic ' })).toEqual([]);
        expect(await find({ text: '"invoic"' })).toEqual([]);
      });

      it('the word that is being typed, the last one, by its beginning', async () => {
        await write(document(1, { body: 'bank invoices' }), document(2, { body: 'banking invoice' }));
        expect(await find({ text: 'bank invoi' })).toEqual(mails(1));
        expect(await find({ text: 'invoi' })).toEqual(mails(2, 1));
        expect(await find({ text: 'invoi bank ' })).toEqual([]);
        expect(await find({ text: 'invoice -bank' })).toEqual(mails(2));
      });

      it('addresses by the whole and by their parts', async () => {
        await write(document(1, { sender: 'news@shop.example' }), document(2, { sender: 'shop@news.test' }));
        for (const text of ['example', 'news@shop.example', 'shop.example', 'NEWS@SHOP', '"shop.example"']) {
          expect(await find({ text }), text).toEqual(mails(1));
        }
        expect(await find({ text: 'news shop' })).toEqual(mails(2, 1));
      });

      it('attachments by their whole name and by its parts', async () => {
        await write(document(1, { attachmentNames: ['Rechnung_2024.pdf'] }), document(2, { body: 'pdf' }));
        for (const text of ['rechnung', '2024', 'Rechnung_2024.pdf', 'rechnung_2024*']) {
          expect(await find({ text }), text).toEqual(mails(1));
        }
      });

      it('parts of texts in scripts without spaces', async () => {
        await write(document(1, { subject: '增值税发票开具' }), document(2, { subject: '发货 票' }));
        expect(await find({ text: '发票' })).toEqual(mails(1));
      });
    });

    describe('filters', () => {
      it('by domain, reason and check', async () => {
        await write(
          document(1, { domainId: domainOf(2) }),
          document(2, { reason: 'spf' }),
          document(3, { checks: ['dnsbl', 'spf-strict'] }),
          document(4, { checks: [], body: 'spf-fail dnsbl' }),
        );
        expect(await find({ domainId: domainOf(2) })).toEqual(mails(1));
        expect(await find({ reason: 'spf' })).toEqual(mails(2));
        expect(await find({ check: 'dnsbl' })).toEqual(mails(3));
        expect(await find({ check: 'spf' })).toEqual(mails(2, 1));
        expect(await find({ reason: 'spf-fail', check: 'spf', domainId: domainOf(1) })).toEqual([]);
      });

      it('by a sender or a recipient, whole or a part', async () => {
        await write(
          document(1, {
            sender: 'News@Shop.example',
            recipients: ['anna@customer.test', 'ben@customer.test'],
          }),
          document(2, { sender: '', body: 'news@shop.example', recipients: ['news@shop.example'] }),
        );
        for (const sender of ['news@shop.example', 'shop.example', 'shop.exam*', 'NEWS@', 'news']) {
          expect(await find({ sender }), sender).toEqual(mails(1));
        }
        for (const recipient of ['ben@customer.test', 'ben', 'ben@customer', 'ben@cust*']) {
          expect(await find({ recipient }), recipient).toEqual(mails(1));
        }
        expect(await find({ sender: '<>' })).toEqual(mails(2));
        expect(await find({ sender: 'nobody' })).toEqual([]);
      });

      it('by time: since is included, until is not', async () => {
        await write(document(1), document(2), document(3), document(4));
        expect(await find({ since: at(2), until: at(4) })).toEqual(mails(3, 2));
        expect(await find({ since: at(2), until: at(4), text: 'subject' })).toEqual(mails(3, 2));
        expect(await reader.count(operatorScope(), { since: at(2) }, 10)).toBe(3);
        expect(await find({ since: at(3), until: at(2) })).toEqual([]);
      });

      it('and counts up to a limit', async () => {
        await write(...Array.from({ length: 30 }, (_, n) => document(n)));
        expect(await reader.count(operatorScope(), { text: 'subject' }, 1000)).toBe(30);
        expect(await reader.count(operatorScope(), { text: 'subject' }, 10)).toBe(10);
        expect(await reader.count(operatorScope(), { text: 'nothing' }, 10)).toBe(0);
      });
    });

    describe('orders', () => {
      it('by time of receipt, newest first, in whatever order mails come', async () => {
        await write(document(50), document(10), document(40));
        await write(document(20));
        await write(document(60), document(30));
        expect(await find({})).toEqual(mails(60, 50, 40, 30, 20, 10));
      });

      it('keeps all mails of one moment, and they stay where they are', async () => {
        const many = Array.from({ length: 300 }, (_, n) => document(n, { receivedAt: at(7) }));
        await write(...many.slice(0, 150));
        await write(...many.slice(150), document(1000, { receivedAt: at(8) }));
        const all = await readAll({ limit: 70 });
        expect(new Set(all).size).toBe(301);
        expect(all[0]).toBe(mailOf(1000));
        await write(...many.toReversed());
        expect(await readAll({ limit: 70 })).toEqual(all);
      });

      it('in pages that hold every mail once, while new mail arrives', async () => {
        await write(...Array.from({ length: 95 }, (_, n) => document(n * 10)));
        const seen: string[] = [];
        let cursor: string | undefined;
        let next = 2000;
        do {
          const page = await reader.search(operatorScope(), { limit: 20, ...(cursor && { cursor }) });
          seen.push(...page.items.map(({ mailId }) => mailId));
          cursor = page.next;
          await write(document(next++), document(next++));
          await write(document(940), document(0));
        } while (cursor);
        expect(seen).toEqual(Array.from({ length: 95 }, (_, n) => mailOf((94 - n) * 10)));
      });

      it('in pages of 1 to 200, by default 50', async () => {
        await write(...Array.from({ length: 230 }, (_, n) => document(n)));
        expect(await find({})).toHaveLength(50);
        expect(await find({ limit: 1000 })).toHaveLength(200);
        expect(await find({ limit: 0 })).toHaveLength(1);
        expect(await readAll({ limit: 115 })).toHaveLength(230);
        expect(
          (await reader.search(operatorScope(), { limit: 200, text: '"A subject"' })).next,
        ).toBeDefined();
      });

      it('nothing behind a cursor that it never gave', async () => {
        await write(document(1));
        for (const cursor of ['', 'x', '-1', '1e9', '9'.repeat(40), "1' OR 1=1"]) {
          expect(await reader.search(operatorScope(), { cursor }), cursor).toEqual({ items: [] });
        }
      });
    });

    describe('excerpts', () => {
      const excerpt = async (text: string): Promise<string> =>
        (await reader.search(operatorScope(), { text })).items[0]!.excerpt;

      it('show the first match in its surroundings, with all matches marked', async () => {
        const body = `${'Before it. '.repeat(20)}Bitte prüfen Sie Ihr Konto, das Konto. ${'After it. '.repeat(40)}`;
        await write(document(1, { body }));
        expect(await excerpt('konto')).toMatch(
          /^….*Ihr \u{E000}Konto\u{E001}, das \u{E000}Konto\u{E001}\. After it/u,
        );
        expect(await excerpt('prufen')).toContain('\u{E000}prüfen\u{E001}');
        expect(await excerpt('"sie ihr" -nothing')).toContain('\u{E000}Sie Ihr\u{E001}');
        expect(await excerpt('kont*')).toContain('\u{E000}Konto\u{E001}');
        expect((await excerpt('konto')).length).toBeLessThan(300);
      });

      it('hold nothing that a mail could take for a mark, and no control characters', async () => {
        await write(document(1, { body: 'here \u{E000}is\u{E001} a\u0007 forged\r\n mark' }));
        expect(await excerpt('forged')).toBe('here is a \u{E000}forged\u{E001} mark');
      });

      it('show where else a word occurs, and something where it is far back', async () => {
        await write(document(1, { body: `The beginning. ${'filler '.repeat(3000)} zebra` }));
        await write(document(2, { body: 'nothing', subject: 'An okapi' }));
        expect(await excerpt('okapi')).toBe('An \u{E000}okapi\u{E001}');
        expect(await excerpt('zebra')).toMatch(/The beginning|\u{E000}zebra/u);
      });
    });

    describe('a writer', () => {
      it('replaces a mail, so that only its new text is found', async () => {
        await write(document(1, { subject: 'old words' }), document(2));
        await write(document(1, { subject: 'new words', receivedAt: at(5), domainId: domainOf(9) }));
        await write(document(1, { subject: 'new words', receivedAt: at(5), domainId: domainOf(9) }));
        expect(await find({ text: 'old' })).toEqual([]);
        expect(await find({ text: 'new words' })).toEqual(mails(1));
        expect(await find({})).toEqual(mails(1, 2));
        expect(await find({ domainId: domainOf(1) })).toEqual(mails(2));
      });

      it('takes a mail given twice in one change as it was given last, and removal over all', async () => {
        const again = document(1, { subject: 'second' });
        const upsert = [document(1, { subject: 'first' }), document(2), again];
        await writer.write({ upsert, remove: [mailOf(2), mailOf(77)], checkpoint: '5' });
        expect((await reader.search(operatorScope(), {})).items.map(({ subject }) => subject)).toEqual([
          'second',
        ]);
        await writer.write({ upsert: [], remove: [mailOf(1)], checkpoint: '6' });
        expect(await find({})).toEqual([]);
        expect(await find({ text: 'second' })).toEqual([]);
      });

      it('keeps the checkpoint with the documents, for readers and for the next writer', async () => {
        expect(await writer.checkpoint()).toBeUndefined();
        await writer.write({ upsert: [document(1)], remove: [], checkpoint: '18446744073709551615' });
        expect(await reader.checkpoint()).toBe('18446744073709551615');
        await writer.close();
        writer = await under.indexes.openWriter();
        expect(await writer.checkpoint()).toBe('18446744073709551615');
        expect(await find({})).toEqual(mails(1));
      });

      it('writes all of a change or nothing', async () => {
        await writer.write({ upsert: [document(1)], remove: [], checkpoint: '1' });
        const broken = document(3, { receivedAt: 'yesterday' });
        const change = { upsert: [document(2), broken], remove: [mailOf(1)], checkpoint: '2' };
        await expect(writer.write(change)).rejects.toThrow();
        expect(await find({})).toEqual(mails(1));
        expect(await writer.checkpoint()).toBe('1');
        await write(document(2));
        expect(await find({})).toEqual(mails(2, 1));
      });
    });

    describe('a rebuild', () => {
      it('is invisible until it is swapped in, and then seen by readers that were open', async () => {
        await writer.write({ upsert: [document(1), document(2)], remove: [], checkpoint: '10' });
        const rebuild = await under.indexes.startRebuild();
        expect(await rebuild.writer.checkpoint()).toBeUndefined();
        await rebuild.writer.write({ upsert: [document(2), document(3)], remove: [], checkpoint: '20' });
        expect(await find({})).toEqual(mails(2, 1));
        expect(await reader.checkpoint()).toBe('10');
        await rebuild.swap();
        expect(await find({})).toEqual(mails(3, 2));
        expect(await reader.checkpoint()).toBe('20');
        const next = await under.indexes.openWriter();
        await next.write({ upsert: [document(4)], remove: [], checkpoint: '30' });
        expect(await find({})).toEqual(mails(4, 3, 2));
        await next.close();
      });

      it('that is abandoned or begun anew leaves the current index as it is', async () => {
        await write(document(1));
        const left = await under.indexes.startRebuild();
        await left.writer.write({ upsert: [document(7)], remove: [], checkpoint: '7' });
        await left.writer.close();
        const rebuild = await under.indexes.startRebuild();
        await rebuild.writer.write({ upsert: [document(8)], remove: [], checkpoint: '8' });
        await rebuild.abandon();
        expect(await find({})).toEqual(mails(1));
        await write(document(2));
        expect(await find({})).toEqual(mails(2, 1));
      });

      it('leaves cursors of the old index good', async () => {
        const all = Array.from({ length: 40 }, (_, n) => document(n));
        await write(...all);
        const first = await reader.search(operatorScope(), { limit: 15 });
        const rebuild = await under.indexes.startRebuild();
        await rebuild.writer.write({ upsert: all.toReversed(), remove: [], checkpoint: '1' });
        await rebuild.swap();
        expect((await find({ limit: 100, cursor: first.next! }))[0]).toBe(mailOf(24));
      });

      it('makes a writer of the old index fail, rather than lose what it writes', async () => {
        await write(document(1));
        await (await under.indexes.startRebuild()).swap();
        await expect(write(document(2))).rejects.toThrow();
      });
    });

    it('opens a reader before anything was written, by whomever', async () => {
      const early = await under.indexes.openReader();
      await write(document(1, { accountId: accountOf(5) }));
      expect((await early.search(accountScope(accountOf(5)), {})).items).toHaveLength(1);
      await early.close();
    });

    async function readAll(query: QuarantineQuery): Promise<string[]> {
      const seen: string[] = [];
      let next: string | undefined;
      do {
        const page = await reader.search(operatorScope(), { ...query, ...(next && { cursor: next }) });
        seen.push(...page.items.map(({ mailId }) => mailId));
        next = page.next;
      } while (next);
      return seen;
    }

    quarantineWordsContract(() => ({ writer, reader }));
    quarantineForgivingContract(() => ({ writer, reader }));
    quarantineTenancyContract(() => ({ writer, reader }));
  });
}
