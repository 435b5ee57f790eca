/** One violation per rule of the house, each the smallest that breaks it, and files that break none. */

export interface Planted {
  readonly sentence: string;
  /** As oxlint names it in its findings. */
  readonly rule: string;
  /** The folder of a workspace, or the path of a file. */
  readonly at: string;
  readonly source: string;
  /** Other files that it takes, by path. */
  readonly beside?: Readonly<Record<string, string>>;
}

const inCore = (sentence: string, rule: string, source: string): Planted => ({
  sentence,
  rule,
  at: 'core',
  source,
});
const anywhere = (sentence: string, rule: string, source: string): Planted => ({
  sentence,
  rule,
  at: 'adapters/clamd',
  source,
});

const globals = 'eslint(no-restricted-globals)';
const properties = 'eslint(no-restricted-properties)';
const restricted = 'eslint(no-restricted-imports)';

/** Lines that are code to every rule that counts them. */
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `export const a${index} = ${index};\n`).join('');

export const planted: readonly Planted[] = [
  inCore('core imports nothing of Node', restricted, "export { readFile } from 'node:fs/promises';\n"),
  inCore(
    'core imports nothing of Node by its old name either',
    restricted,
    "export { readFile } from 'fs';\n",
  ),
  inCore(
    'core imports no type of an SDK',
    restricted,
    "import type { Pool } from 'pg';\nexport type A = Pool;\n",
  ),
  inCore('core loads nothing later', restricted, "export const load = () => import('node:fs');\n"),
  inCore(
    'core takes no hash from Node but in kernel/hash.ts',
    restricted,
    "export { createHash } from 'node:crypto';\n",
  ),
  {
    sentence: 'kernel/hash.ts takes no randomness from node:crypto',
    rule: restricted,
    at: 'core/src/kernel/hash.ts',
    source: "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID;\n",
  },
  {
    sentence: 'archive/zstd.ts takes no streams from node:zlib',
    rule: restricted,
    at: 'core/src/archive/zstd.ts',
    source: "import { createZstdCompress } from 'node:zlib';\nexport const open = createZstdCompress;\n",
  },
  inCore('core has no Date', globals, 'export const now = () => new Date();\n'),
  inCore('core has no fetch', globals, "export const get = () => fetch('http://127.0.0.1/');\n"),
  inCore('core has no process', globals, 'export const id = () => process.pid;\n'),
  inCore('core has no process.env', globals, "export const home = () => process.env['HOME'];\n"),
  inCore('core has no timers', globals, 'export const later = (act: () => void) => setTimeout(act, 1);\n'),
  inCore(
    'core has no intervals',
    globals,
    'export const often = (act: () => void) => setInterval(act, 1);\n',
  ),
  inCore('core has no monotonic clock', globals, 'export const now = () => performance.now();\n'),
  inCore('core has no Web Crypto', globals, 'export const id = () => crypto.randomUUID();\n'),
  inCore('core has no way round by globalThis', globals, 'export const now = () => new globalThis.Date();\n'),
  inCore('core has no Math.random', properties, 'export const dice = () => Math.random();\n'),
  inCore('core has no Math.random by another name', properties, 'export const { random } = Math;\n'),
  inCore('core has no Temporal.Now', properties, 'export const now = () => Temporal.Now.instant();\n'),
  inCore(
    'core has no deadline by AbortSignal',
    properties,
    'export const soon = () => AbortSignal.timeout(1);\n',
  ),
  anywhere(
    'process.env is read in adapters/environment only',
    properties,
    "export const home = () => process.env['HOME'];\n",
  ),
  anywhere('process.env is not taken apart elsewhere', properties, 'export const { env } = process;\n'),
  anywhere('the environment is not imported elsewhere', restricted, "export { env } from 'node:process';\n"),
  {
    sentence: 'a role does not read process.env',
    rule: properties,
    at: 'workers',
    source: 'export const { env } = process;\n',
  },
  {
    sentence: 'a page knows no more of the api than types',
    rule: restricted,
    at: 'apps/panel',
    source: "import { appRouter } from '@sluice/api/router';\nexport const a = appRouter;\n",
  },
  {
    sentence: 'a page does not make a server of what is there for types',
    rule: restricted,
    at: 'apps/panel',
    source: "import { initTRPC } from '@trpc/server';\nexport const a = initTRPC;\n",
  },
  {
    sentence: 'a page imports nothing of Node',
    rule: restricted,
    at: 'apps/panel',
    source: "export { readFile } from 'node:fs/promises';\n",
  },
  {
    sentence: 'what is written in Svelte is under the same wall',
    rule: restricted,
    at: 'apps/panel/src/planted/Planted.svelte',
    source: '<script lang="ts">\n  import { ok } from "@sluice/core/kernel/result.ts";\n</script>\n\n{ok}\n',
  },
  {
    sentence: "the panel's server works with no store",
    rule: restricted,
    at: 'apps/panel/server/planted.ts',
    source: "export * as postgres from '@sluice/postgres';\n",
  },
  anywhere('a library prints nothing', 'eslint(no-console)', "console.log('hello');\n"),
  anywhere('a file has at most 250 lines', 'eslint(max-lines)', lines(251)),
  {
    sentence: 'a test has at most 400 lines',
    rule: 'eslint(max-lines)',
    at: 'test/planted.test.ts',
    source: lines(401),
  },
  anywhere(
    'a function has at most 10 ways through',
    'eslint(complexity)',
    `export function a(n: number): number {\n${Array.from({ length: 10 }, (_, at) => `  if (n === ${at}) return ${at};\n`).join('')}  return n;\n}\n`,
  ),
  anywhere(
    'a function has at most 4 parameters',
    'eslint(max-params)',
    'export const sum = (a: number, b: number, c: number, d: number, e: number) => a + b + c + d + e;\n',
  ),
  anywhere(
    'blocks are nested at most 3 deep',
    'eslint(max-depth)',
    'export function a(n: number): void {\n  if (n > 1) {\n    if (n > 2) {\n      if (n > 3) {\n        if (n > 4) a(n);\n      }\n    }\n  }\n}\n',
  ),
  anywhere(
    'no promise is left floating',
    'typescript(no-floating-promises)',
    'export function act(work: () => Promise<void>): void {\n  work();\n}\n',
  ),
  anywhere(
    'no promise goes where none is awaited',
    'typescript(no-misused-promises)',
    'export const act = (list: readonly number[], work: (n: number) => Promise<void>): void => list.forEach(work);\n',
  ),
  anywhere(
    'a switch names every case',
    'typescript(switch-exhaustiveness-check)',
    "export function a(kind: 'x' | 'y'): number {\n  switch (kind) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n}\n",
  ),
  anywhere(
    'nothing is any',
    'typescript(no-explicit-any)',
    'export const a = (b: any): string => String(b);\n',
  ),
  anywhere(
    'nothing is declared not to be null',
    'typescript(no-non-null-assertion)',
    'export const a = (b?: string) => b!;\n',
  ),
  anywhere(
    'what is thrown is an error',
    'typescript(only-throw-error)',
    "export function a(): never {\n  throw 'x';\n}\n",
  ),
  anywhere(
    'a type is imported as a type',
    'typescript(consistent-type-imports)',
    "import { Socket } from 'node:net';\nexport type A = Socket;\n",
  ),
  {
    sentence: 'two files do not import each other',
    rule: 'import(no-cycle)',
    at: 'core/src/cycle/one.ts',
    source: "import { two } from './two.ts';\nexport const one = (): unknown => two;\n",
    beside: {
      'core/src/cycle/two.ts': "import { one } from './one.ts';\nexport const two = (): unknown => one;\n",
    },
  },
  anywhere(
    'no work is left to be done in a comment',
    'eslint(no-warning-comments)',
    '// TODO: later\nexport const a = 1;\n',
  ),
  anywhere('nothing lies unused', 'eslint(no-unused-vars)', 'const a = 1;\n'),
];

export interface Allowed {
  readonly sentence: string;
  readonly files: Readonly<Record<string, string>>;
}

export const allowed: readonly Allowed[] = [
  {
    sentence: 'core hashes and compresses in two files and uses its pure libraries',
    files: {
      'core/src/kernel/hash.ts':
        "import { createHash } from 'node:crypto';\nexport const hash = () => createHash('sha256');\n",
      'core/src/archive/zstd.ts': "export { zstdCompressSync } from 'node:zlib';\n",
      'core/src/policy/policy.ts':
        "import { z } from 'zod';\nimport { hash } from '../kernel/hash.ts';\nexport const schema = z.string();\nexport const named = { hash };\n",
      'core/src/policy/policy.test.ts':
        "import { it } from 'vitest';\nit('has a clock for what it passes in', () => void new Date());\n",
    },
  },
  {
    sentence: 'an adapter imports core, Node, its own SDK and its own files',
    files: {
      'adapters/postgres/src/index.ts':
        "import { once } from 'node:events';\nimport { readFile } from 'node:fs/promises';\nimport pg from 'pg';\nimport { ok } from '@sluice/core/kernel/result.ts';\nimport { name } from './name.ts';\nexport const all = { once, readFile, pg, ok, name };\n",
      'adapters/postgres/src/name.ts': "export const name = 'postgres';\n",
      'adapters/environment/src/index.ts': "export const home = () => process.env['HOME'];\n",
    },
  },
  {
    sentence: 'a role imports core and adapters, the command line also roles, the tests everything',
    files: {
      'workers/src/index.ts':
        "export * as core from '@sluice/core/kernel/result.ts';\nexport * as queue from '@sluice/bullmq';\n",
      'apps/api/src/router.ts':
        "export { initTRPC } from '@trpc/server';\nexport * as http from '@trpc/server/adapters/standalone';\n",
      'apps/cli/src/main.ts':
        "export { start } from '@sluice/workers';\nexport type { AppRouter } from '@sluice/api/router';\nexport { Command } from 'commander';\nconsole.log('up');\n",
      'apps/panel/server/start.ts':
        "export * as http from 'node:http';\nexport * as telemetry from '@sluice/telemetry';\n",
      'apps/panel/src/lib/api.ts':
        "import type { AppRouter } from '@sluice/api/router';\nimport { createTRPCClient } from '@trpc/client';\nexport const open = createTRPCClient<AppRouter>;\n",
      'test/contracts/all.test.ts':
        "export * as a from '@sluice/cli';\nexport * as b from 'pg';\nexport const home = process.env['HOME']!;\n",
    },
  },
];
