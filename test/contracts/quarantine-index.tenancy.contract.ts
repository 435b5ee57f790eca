/** Tenants never see each other, whatever they ask: the part of the QuarantineIndex contract that must never give way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountScope,
  isVisible,
  operatorScope,
  type TenantScope,
} from '@sluice/core/kernel/tenant-scope.ts';
import type {
  QuarantineDocument,
  QuarantineIndex,
  QuarantineIndexWriter,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import { accountOf, at, document, domainOf } from './quarantine-index.documents.ts';

const accounts = [1, 2, 3];
const domains = [1, 2, 3, 4, 5];
const vocabulary = ['invoice', 'bank', 'hotel', 'sea', 'Überweisung', '发票', 'all', 'tags', 'x@y.test'];

const text = fc.array(fc.constantFrom(...vocabulary), { maxLength: 6 }).map((words) => words.join(' '));

/** Pieces of the languages that an index might speak, ids of tenants, and anything at all. */
const pieces = [
  ...vocabulary,
  ...accounts.flatMap((n) => [accountOf(n), `a${accountOf(n).replaceAll('-', '')}`]),
  ...domains.flatMap((n) => [domainOf(n), `d${domainOf(n).replaceAll('-', '')}`]),
]
  .concat(['"', "'", '*', '-', '^', '(', ')', '{', '}', ':', '+', ',', '\\', '\0', '=', ';', '--', '/*', ' '])
  .concat(['AND', 'OR', 'NOT', 'NEAR(', ' ', 'tags:', 'tags : all', '- tags', 'content:', 'accountId =']);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((chosen) => chosen.join('')),
);

const mails = fc
  .array(
    fc.record({
      account: fc.constantFrom(...accounts),
      domain: fc.constantFrom(...domains),
      subject: text,
      body: fc.oneof(text, hostile),
      sender: fc.constantFrom('', 'news@shop.example', 'x@y.test'),
      reason: fc.constantFrom('spf-fail', 'virus'),
      time: fc.nat(50),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((made) =>
    made.map(({ account, domain, time, ...fields }, n) =>
      document(n, {
        ...fields,
        accountId: accountOf(account),
        domainId: domainOf(domain),
        receivedAt: at(time),
      }),
    ),
  );

const scope: fc.Arbitrary<TenantScope> = fc.oneof(
  fc.constant(operatorScope()),
  fc
    .tuple(fc.constantFrom(...accounts), fc.option(fc.subarray(domains), { nil: undefined }))
    .map(([account, seen]) => accountScope(accountOf(account), seen?.map(domainOf))),
  hostile.map((id) => accountScope(id, [id])),
);

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });

const query: fc.Arbitrary<QuarantineQuery> = fc
  .record({
    text: maybe(fc.oneof(text, hostile)),
    domainId: maybe(fc.oneof(fc.constantFrom(...domains).map(domainOf), hostile)),
    reason: maybe(fc.oneof(fc.constantFrom('spf-fail', 'virus'), hostile)),
    check: maybe(fc.oneof(fc.constant('spf'), hostile)),
    sender: maybe(fc.oneof(fc.constantFrom('<>', 'shop.example', 'x@y'), hostile)),
    recipient: maybe(fc.oneof(fc.constant('customer'), hostile)),
    since: maybe(fc.nat(50).map(at)),
    until: maybe(fc.oneof(fc.nat(50).map(at), hostile)),
    cursor: maybe(fc.oneof(fc.nat().map(String), hostile)),
    limit: fc.constant(200),
  })
  .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));

export function quarantineTenancyContract(
  opened: () => { writer: QuarantineIndexWriter; reader: QuarantineIndex },
): void {
  describe('tenants', () => {
    /** The index holds the documents of the run and no others. */
    async function fill(
      documents: readonly QuarantineDocument[],
      before: readonly string[],
    ): Promise<string[]> {
      const ids = documents.map(({ mailId }) => mailId);
      const remove = before.filter((mailId) => !ids.includes(mailId));
      await opened().writer.write({ upsert: documents, remove, checkpoint: '1' });
      return ids;
    }

    it('see nothing of each other, whatever they ask for', async () => {
      const { reader } = opened();
      let before: string[] = [];
      await fc.assert(
        fc.asyncProperty(
          mails,
          fc.array(fc.tuple(scope, query), { minLength: 5 }),
          async (documents, asked) => {
            before = await fill(documents, before);
            for (const [asScope, what] of asked) {
              const { items } = await reader.search(asScope, what);
              for (const hit of items) {
                const source = documents.find(({ mailId }) => mailId === hit.mailId)!;
                expect(hit).toMatchObject({ accountId: source.accountId, domainId: source.domainId });
                expect(isVisible(asScope, source)).toBe(true);
                if (what.domainId !== undefined) expect(source.domainId).toBe(what.domainId);
                if (what.reason !== undefined) expect(source.reason).toBe(what.reason);
              }
              const counted = await reader.count(asScope, what, 1000);
              if (what.cursor === undefined) expect(counted).toBe(items.length);
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    it('see all that is theirs, and only that', async () => {
      const { reader } = opened();
      let before: string[] = [];
      await fc.assert(
        fc.asyncProperty(mails, fc.array(scope, { minLength: 3 }), async (documents, scopes) => {
          before = await fill(documents, before);
          for (const asScope of scopes) {
            const seen = (await reader.search(asScope, { limit: 200 })).items.map(({ mailId }) => mailId);
            const theirs = documents.filter((mail) => isVisible(asScope, mail)).map(({ mailId }) => mailId);
            expect(seen.toSorted()).toEqual(theirs.toSorted());
          }
        }),
        { numRuns: 40 },
      );
    });

    it('who may see no domain see nothing; who may see many see them all', async () => {
      const { reader } = opened();
      const many = Array.from({ length: 600 }, (_, n) => domainOf(n));
      await fill([document(1, { domainId: domainOf(599) }), document(2, { domainId: domainOf(700) })], []);
      expect((await reader.search(accountScope(accountOf(1), []), {})).items).toEqual([]);
      expect(await reader.count(accountScope(accountOf(1), []), {}, 10)).toBe(0);
      expect(await reader.count(accountScope(accountOf(1), many), {}, 10)).toBe(1);
    });

    it('do not reach another one by an id that looks like theirs', async () => {
      const { reader } = opened();
      const plain = accountOf(1).replaceAll('-', '');
      await fill(
        [
          document(1),
          document(2, { accountId: plain }),
          document(3, { accountId: accountOf(1).toUpperCase() }),
        ],
        [],
      );
      for (const id of [accountOf(1), plain, accountOf(1).toUpperCase()]) {
        const { items } = await reader.search(accountScope(id), {});
        expect(items.map(({ accountId }) => accountId)).toEqual([id]);
      }
    });
  });
}
