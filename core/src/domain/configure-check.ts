/** Changing one check of a domain: the check's own schema says which settings exist. */
import { checkNamed } from '../checks/registry.ts';
import type { AnyCheck } from '../checks/check.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { parsePattern, patternText } from '../policy/pattern.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { DomainCommand, DomainDetails } from './domain.ts';
import type { DomainDecided } from './refusal.ts';

type Data = Extract<DomainCommand, { type: 'ConfigureCheck' }>['data'];

export function configureCheck(data: Data, state: DomainDetails): DomainDecided {
  const check = checkNamed(data.check);
  if (check === undefined)
    return refuse('unknown-check', `There is no check named “${data.check.slice(0, 40)}”.`);
  if (check.scope === 'service') {
    return refuse('bad-setting', `${check.name} is set by the operator, for all domains.`);
  }
  if (data.mode !== undefined && !check.modes.includes(data.mode)) {
    return refuse('bad-mode', `${check.name} knows the modes ${check.modes.join(', ')}.`);
  }
  const fault = weightFault(data.weight) ?? settingsFault(check, data, state) ?? unknownSetting(check, data);
  if (fault !== undefined) return refuse('bad-setting', fault);
  if (data.exempt === undefined) return ok([{ type: 'CheckConfigured', data }]);
  const exempt = parsePatterns(data.exempt);
  return exempt.ok ? ok([{ type: 'CheckConfigured', data: { ...data, exempt: exempt.value } }]) : exempt;
}

const weightFault = (weight: number | undefined): string | undefined =>
  weight === undefined || (weight >= 0 && weight <= 100) ? undefined : 'A weight is a number from 0 to 100.';

function settingsFault(check: AnyCheck, data: Data, state: DomainDetails): string | undefined {
  const current = effectivePolicy(state, 0).checks[check.name]?.settings;
  const parsed = check.settings.safeParse({ ...current, ...data.settings });
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return issue === undefined
    ? `${check.name}: does not fit.`
    : `${check.name}: ${issue.path.join('.')}: ${issue.message.replace(/\.$/, '')}.`;
}

function unknownSetting(check: AnyCheck, data: Data): string | undefined {
  const known = Object.keys(check.settings.parse({}) as object);
  const unknown = Object.keys(data.settings ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const names = known.length === 0 ? 'no settings of its own' : `the settings ${known.join(', ')}`;
  return `${check.name} has ${names}, not “${unknown.slice(0, 40)}”.`;
}

function parsePatterns(texts: readonly string[]): Result<readonly string[], Refusal<'bad-pattern'>> {
  const patterns: string[] = [];
  for (const text of texts) {
    const pattern = parsePattern(text);
    if (!pattern.ok) return pattern;
    patterns.push(patternText(pattern.value));
  }
  return ok(patterns);
}
