/** Checks of third parties: looked at closely, then put behind those of the published table. */
import { z } from 'zod';
import { fail, ok, type Result } from '../kernel/result.ts';
import { modes } from '../policy/policy.ts';
import type { AnyCheck } from './check.ts';
import { describeCheck } from './describe-check.ts';
import { addToTable, allChecks, allReasons, checkNamed } from './registry.ts';

/** Numbers below belong to the published table; each is a bit in every decision, and the intake takes 256 bits. */
const firstOwnNumber = 100;
const lastOwnNumber = 255;

/** One sentence a fault. */
export type InstallFaults = readonly string[];

/**
 * Adds checks to the table of this process: once, before anything is judged or shown. All or none. One that is there
 * already is left as it is. `candidates`: what modules export, of any shape.
 */
export function installChecks(candidates: readonly unknown[]): Result<readonly AnyCheck[], InstallFaults> {
  const added: AnyCheck[] = [];
  const faults: string[] = [];
  for (const [place, candidate] of candidates.entries()) {
    if (isThere(candidate)) continue;
    const found = faultsOf(candidate, added);
    if (found.length === 0) added.push(candidate as AnyCheck);
    else faults.push(...found.map((fault) => `${nameOf(candidate, place)}: ${fault}`));
  }
  if (faults.length > 0) return fail(faults);
  addToTable(added);
  return ok(added);
}

const isThere = (candidate: unknown): boolean => allChecks.some((check) => check === candidate);

function nameOf(candidate: unknown, place: number): string {
  const name = candidate !== null && typeof candidate === 'object' && 'name' in candidate && candidate.name;
  return typeof name === 'string' && name !== '' ? `the check “${name.slice(0, 40)}”` : `check ${place + 1}`;
}

const kebab = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const name = z.string().regex(kebab, 'has to be words in small letters with dashes, like my-check').max(40);
const someFunction = z.custom((value) => typeof value === 'function', 'has to be a function');
const preset = z.looseObject({
  mode: z.enum(modes),
  weight: z.number().min(0).max(100).optional(),
  onError: z.enum(['ignore', 'defer']).optional(),
});

/** What `Check` says to the type checker, said to a module that no type checker has seen. */
const shape = z.looseObject({
  number: z.int().min(firstOwnNumber).max(lastOwnNumber),
  name,
  phase: z.enum(['connect', 'helo', 'mail', 'rcpt', 'data']),
  standing: z.enum(['safety', 'ordinary']),
  title: z.string().min(1).max(60),
  help: z.string().min(1).max(1_000),
  modes: z.array(z.enum(modes)).min(1),
  // What acts before there is a mail, or belongs to the operator, has its place in the code of the edge.
  immediate: z.literal(false).optional(),
  scope: z.literal('domain').optional(),
  settings: z.custom(isSchema, 'has to be a zod schema'),
  presets: z.object({ relaxed: preset, balanced: preset, strict: preset }),
  reasons: z.record(
    name,
    z.looseObject({
      title: z.string().min(1).max(60),
      code: z.literal([250, 421, 450, 451, 452, 550, 552, 554]),
      enhanced: z.string().regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'has to be a code of RFC 3463, like 5.7.1'),
      // RFC 5321 §4.2
      text: z.string().regex(/^[\x20-\x7e]{1,300}$/, 'has to be one line of ASCII'),
    }),
  ),
  gather: someFunction,
  judge: someFunction,
});

function isSchema(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'safeParse' in value && 'parse' in value;
}

function faultsOf(candidate: unknown, before: readonly AnyCheck[]): readonly string[] {
  const parsed = shape.safeParse(candidate);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? `it is no check: ${message}.` : `${path.join('.')}: ${message}.`,
    );
  }
  const check = candidate as AnyCheck;
  return [...clashesOf(check, before), ...presetFaults(check), ...settingsFaults(check)];
}

function clashesOf(check: AnyCheck, before: readonly AnyCheck[]): readonly string[] {
  const others = [...allChecks, ...before];
  const byNumber = others.find(({ number }) => number === check.number);
  const isTaken = checkNamed(check.name) !== undefined || before.some((one) => one.name === check.name);
  const known = new Set([
    ...Object.keys(allReasons),
    ...before.flatMap(({ reasons }) => Object.keys(reasons)),
  ]);
  const reasons = Object.keys(check.reasons).filter((reason) => known.has(reason));
  return [
    ...(isTaken ? ['there is a check of that name already.'] : []),
    ...(byNumber === undefined ? [] : [`its number ${check.number} belongs to “${byNumber.name}” already.`]),
    ...reasons.map((reason) => `its reason “${reason}” is taken already.`),
  ];
}

const presetFaults = ({ presets, modes: known }: AnyCheck): readonly string[] =>
  Object.entries(presets).flatMap(([preset, { mode }]) =>
    known.includes(mode) ? [] : [`its preset ${preset} has the mode ${mode}, which it does not know.`],
  );

/** What every check has beside its own settings; forms and command lines know both by one name. */
const general = ['check', 'mode', 'weight', 'onError', 'exempt'];

/** Settings are recorded and shown as forms: defaults for all, and nothing that JSON cannot say. */
function settingsFaults(check: AnyCheck): readonly string[] {
  try {
    const { presets, defaults } = describeCheck(check);
    const taken = Object.keys(defaults).filter((setting) => general.includes(setting));
    if (taken.length > 0) return taken.map((setting) => `settings.${setting}: every check has that already.`);
    const settings = Object.values(presets).map((one) => one.settings);
    return settings.every((one) => JSON.stringify(JSON.parse(JSON.stringify(one))) === JSON.stringify(one))
      ? []
      : ['its settings cannot be written as JSON.'];
  } catch (error) {
    return [
      `its settings need a default each, and its presets have to fit them (${String(error).slice(0, 200)}).`,
    ];
  }
}
