/** Queries about what was taught. */
import type { Count } from '@sluice/core/bayes/counts.ts';
import type { BayesFeed } from '@sluice/core/handover/bayes-feed.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

/** How many mails a model was taught; zeros where there were none, or it is not in the scope. `modelId`: of a domain its id. */
export async function taughtMails(
  scope: TenantScope,
  db: Database,
  modelId: string,
): Promise<{ readonly spam: number; readonly ham: number }> {
  if (!isId(modelId)) return { spam: 0, ham: 0 };
  const { rows } = await sql<{ spam: number; ham: number }>`select spam, ham from bayes_models
    where model_id = ${modelId}::uuid and ${inScope(scope, 'bayes_models')}`.execute(db);
  return rows[0] ?? { spam: 0, ham: 0 };
}

/** What the model was told last of those of these mails that anybody said something of. */
export async function taughtLabels(
  scope: TenantScope,
  db: Database,
  { modelId, mailIds }: { readonly modelId: string; readonly mailIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ mail_id: string; label: string }>`select mail_id, label
    from bayes_mails join bayes_models using (model_id)
    where model_id = ${modelId}::uuid and mail_id = any(${mailIds.filter(isId)}::uuid[])
      and ${inScope(scope, 'bayes_models')}`.execute(db);
  return new Map(rows.map(({ mail_id: mailId, label }) => [mailId, label]));
}

/** How often a model was told of each of these tokens, in their order; undefined where it was told nothing, or is not in the scope. */
export async function countsOf(
  scope: TenantScope,
  db: Database,
  { modelId, tokens }: { readonly modelId: string; readonly tokens: readonly number[] },
): Promise<
  | {
      readonly spam: number;
      readonly ham: number;
      readonly version: string;
      readonly pairs: readonly Count[];
    }
  | undefined
> {
  const [model] = await modelsOf(scope, db, [modelId]);
  if (model === undefined) return undefined;
  const { rows } = await sql<Count & { token: string }>`select token::text, spam, ham from bayes_tokens
    where model_id = ${modelId}::uuid and token = any(${[...tokens]}::bigint[])`.execute(db);
  const known = new Map(rows.map(({ token, spam, ham }) => [Number(token), { spam, ham }]));
  const { spam, ham, version } = model;
  return { spam, ham, version, pairs: tokens.map((token) => known.get(token) ?? { spam: 0, ham: 0 }) };
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
  model_id: string;
  token: string;
  spam: number;
  ham: number;
  position: string;
}

/** Where a page ends: position, model and token of its last row; `isBayesCursor` of core says how it is written. */
interface Cursor {
  readonly position: string;
  readonly modelId: string;
  readonly token: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

function readCursor(after: string | undefined): Cursor {
  const [position = '-1', modelId = nobody, token = '-1'] = after?.split('/') ?? [];
  return { position, modelId, token };
}

/** For the feed to edges: counts that changed after the cursor, at most `limit`, in the order of their changes. */
export async function bayesChangedAfter(
  scope: TenantScope,
  db: Database,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<Omit<BayesFeed, 'tokenizer'>> {
  const from = readCursor(after);
  const { rows } = await sql<CountRow>`select model_id, token::text, bayes_tokens.spam, bayes_tokens.ham,
      bayes_tokens.position::text
    from bayes_tokens join bayes_models using (model_id)
    where (bayes_tokens.position, model_id, bayes_tokens.token) > (${from.position}::bigint, ${from.modelId}::uuid, ${from.token}::bigint)
      and ${inScope(scope, 'bayes_models')}
    order by bayes_tokens.position, model_id, bayes_tokens.token limit ${limit + 1}`.execute(db);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const triples = Map.groupBy(shown, (row) => row.model_id);
  return {
    models: await modelsOf(scope, db, [...triples.keys()]),
    counts: [...triples].map(([modelId, some]) => ({
      modelId,
      triples: some.flatMap(({ token, spam, ham }) => [Number(token), spam, ham]),
    })),
    next: last === undefined ? (after ?? '0') : `${last.position}/${last.model_id}/${last.token}`,
    more: rows.length > limit,
  };
}

async function modelsOf(
  scope: TenantScope,
  db: Database,
  modelIds: readonly string[],
): Promise<BayesFeed['models']> {
  if (modelIds.length === 0) return [];
  const { rows } = await sql<{ model_id: string; spam: number; ham: number; position: string }>`
    select model_id, spam, ham, position::text from bayes_models
    where model_id = any(${[...modelIds]}::uuid[]) and ${inScope(scope, 'bayes_models')}`.execute(db);
  return rows.map((row) => ({
    modelId: row.model_id,
    spam: row.spam,
    ham: row.ham,
    version: row.position,
  }));
}
