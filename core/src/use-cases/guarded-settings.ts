/** Settings that not everybody who changes settings may change: a check names them, and whoever writes to a domain is asked. */
import { type Action, permissionsOf, refusalSentence } from '../account/permissions.ts';
import type { AnyCheck } from '../checks/check.ts';
import { checkNamed } from '../checks/registry.ts';
import type { DomainState } from '../domain/domain.ts';
import type { DomainRefusal } from '../domain/refusal.ts';
import type { HandlingRefusal } from '../kernel/handle-command.ts';
import type { JsonObject } from '../kernel/json.ts';
import { ok, refuse, type Result } from '../kernel/result.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { CheckPolicy } from '../policy/policy.ts';
import type { CommandContext } from './context.ts';
import { memberRole } from './member-role.ts';

interface Change {
  readonly before: DomainState;
  readonly after: DomainState;
}

interface Changed {
  readonly check: string;
  readonly setting: string;
  readonly needs: Action;
}

/**
 * Whether who asks may make this change, looked at by what comes of it: a preset that would set such a setting is such a
 * change, and a form that writes what is set already is none. The operator may, and so may our own processes.
 */
export async function mayChangeSettings(
  context: CommandContext,
  accountId: string,
  change: Change,
): Promise<Result<void, DomainRefusal | HandlingRefusal>> {
  const { actor } = context.metadata();
  const changed = actor.kind === 'user' ? changedOf(change) : [];
  if (changed.length === 0) return ok(undefined);
  const role = await memberRole(context, accountId, actor);
  if (!role.ok) return role;
  const allowed = role.value === undefined ? [] : permissionsOf(role.value);
  const refused = changed.find(({ needs }) => !allowed.includes(needs));
  if (refused === undefined) return ok(undefined);
  const { check, setting, needs } = refused;
  return refuse('guarded-setting', `${check}: ${setting}: ${refusalSentence(role.value, needs)}`);
}

function changedOf({ before, after }: Change): readonly Changed[] {
  if (before.status === 'none' || after.status === 'none') return [];
  // A suspended domain is judged by less than it has set.
  const was = effectivePolicy({ ...before, status: 'active' }, 0);
  const becomes = effectivePolicy({ ...after, status: 'active' }, 0);
  return Object.entries(becomes.checks).flatMap(([name, policy]) => {
    const check = checkNamed(name);
    return check === undefined ? [] : changedIn(check, was.checks[name], policy);
  });
}

function changedIn(check: AnyCheck, was: CheckPolicy | undefined, becomes: CheckPolicy): readonly Changed[] {
  const guarded = Object.entries(check.guarded ?? {});
  if (guarded.length === 0 || was?.settings === becomes.settings) return [];
  const [old, fresh] = [completed(check, was), completed(check, becomes)];
  return guarded
    .filter(([setting]) => JSON.stringify(old[setting]) !== JSON.stringify(fresh[setting]))
    .map(([setting, needs]) => ({ check: check.name, setting, needs }));
}

/** With the defaults; as written where it cannot be read. */
function completed(check: AnyCheck, policy: CheckPolicy | undefined): JsonObject {
  const settings = policy?.settings ?? {};
  const parsed = check.settings.safeParse(settings);
  return parsed.success ? (parsed.data as JsonObject) : settings;
}
