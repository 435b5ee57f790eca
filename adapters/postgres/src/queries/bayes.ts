/** Queries about what domains have taught. */
import type { BayesFeed } from '@sluice/core/handover/bayes-feed.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

/** How many mails a domain has taught; zeros where it has taught none, or is not in the scope. */
export async function taughtMails(
  scope: TenantScope,
  db: Database,
  domainId: string,
): Promise<{ readonly spam: number; readonly ham: number }> {
  if (!isId(domainId)) return { spam: 0, ham: 0 };
  const { rows } = await sql<{ spam: number; ham: number }>`select spam, ham from bayes_models
    where domain_id = ${domainId}::uuid and ${inScope(scope, 'bayes_models')}`.execute(db);
  return rows[0] ?? { spam: 0, ham: 0 };
}

/** What was said last of those of these mails of the domain that anybody said something of. */
export async function taughtLabels(
  scope: TenantScope,
  db: Database,
  { domainId, mailIds }: { readonly domainId: string; readonly mailIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ mail_id: string; label: string }>`select mail_id, label
    from bayes_mails join bayes_models using (domain_id)
    where domain_id = ${domainId}::uuid and mail_id = any(${mailIds.filter(isId)}::uuid[])
      and ${inScope(scope, 'bayes_models')}`.execute(db);
  return new Map(rows.map(({ mail_id: mailId, label }) => [mailId, label]));
}

/** The last change of any count; undefined if nothing was ever taught. */
export async function lastTraining(scope: TenantScope, db: Database): Promise<string | undefined> {
  const { rows } = await sql<{
    position: string | null;
  }>`select max(position)::text as position from bayes_models
    where ${inScope(scope, 'bayes_models')}`.execute(db);
  return rows[0]?.position ?? undefined;
}

interface CountRow {
  domain_id: string;
  token: string;
  spam: number;
  ham: number;
  position: string;
}

/** Where a page ends: position, domain and token of its last row; `isBayesCursor` of core says how it is written. */
interface Cursor {
  readonly position: string;
  readonly domainId: string;
  readonly token: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

function readCursor(after: string | undefined): Cursor {
  const [position = '-1', domainId = nobody, token = '-1'] = after?.split('/') ?? [];
  return { position, domainId, token };
}

/** For the feed to edges: counts that changed after the cursor, at most `limit`, in the order of their changes. */
export async function bayesChangedAfter(
  scope: TenantScope,
  db: Database,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<Omit<BayesFeed, 'tokenizer'>> {
  const from = readCursor(after);
  const { rows } = await sql<CountRow>`select domain_id, token::text, bayes_tokens.spam, bayes_tokens.ham,
      bayes_tokens.position::text
    from bayes_tokens join bayes_models using (domain_id)
    where (bayes_tokens.position, domain_id, bayes_tokens.token) > (${from.position}::bigint, ${from.domainId}::uuid, ${from.token}::bigint)
      and ${inScope(scope, 'bayes_models')}
    order by bayes_tokens.position, domain_id, bayes_tokens.token limit ${limit + 1}`.execute(db);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const triples = Map.groupBy(shown, (row) => row.domain_id);
  return {
    models: await modelsOf(scope, db, [...triples.keys()]),
    counts: [...triples].map(([domainId, some]) => ({
      domainId,
      triples: some.flatMap(({ token, spam, ham }) => [Number(token), spam, ham]),
    })),
    next: last === undefined ? (after ?? '0') : `${last.position}/${last.domain_id}/${last.token}`,
    more: rows.length > limit,
  };
}

async function modelsOf(
  scope: TenantScope,
  db: Database,
  domainIds: readonly string[],
): Promise<BayesFeed['models']> {
  if (domainIds.length === 0) return [];
  const { rows } = await sql<{ domain_id: string; spam: number; ham: number; position: string }>`
    select domain_id, spam, ham, position::text from bayes_models
    where domain_id = any(${[...domainIds]}::uuid[]) and ${inScope(scope, 'bayes_models')}`.execute(db);
  return rows.map((row) => ({
    domainId: row.domain_id,
    spam: row.spam,
    ham: row.ham,
    version: row.position,
  }));
}
