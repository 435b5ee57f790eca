/** Records the statements that queries send to PostgreSQL, as they are compiled, with their values. */
import type { Database } from '@sluice/postgres';

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Runs a query on the database and gives what it asked, in order. */
export async function recordSql(
  db: Database,
  query: (db: Database) => Promise<unknown>,
): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const recording = db.withPlugin({
    transformQuery({ node, queryId }) {
      const { sql, parameters } = db.getExecutor().compileQuery(node, queryId);
      statements.push({ sql, values: parameters });
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  await query(recording);
  return statements;
}

const clause =
  / (?=(?:from|where|left join|inner join|group by|order by|limit|having) |and (?!\(?\w+ (?:and|or)\b))/g;

/** A clause a line, so that a change is seen in a diff. */
export const readableSql = ({ sql }: Statement): string =>
  `${sql.replaceAll(/\s+/g, ' ').trim().replaceAll(clause, '\n  ')};`;
