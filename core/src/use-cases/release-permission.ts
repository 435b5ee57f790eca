/** Who may release or download a mail in which a virus was found: those whom the domain's policy names, as it is now. */
import type { Role } from '../account/account.ts';
import { permissionsOf } from '../account/permissions.ts';
import { type Releaser, virus, virusSettings } from '../checks/virus.ts';
import { checkNames, type MailJudgedData } from '../decision/mail-judged.ts';
import type { HandlingRefusal } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { CommandContext } from './context.ts';
import { domainAt } from './domains.ts';
import { memberRole } from './member-role.ts';

export type ReleaseRefusal = Refusal<'virus-release'>;

type Permission = Result<void, ReleaseRefusal | HandlingRefusal | Refusal<'no-domain'>>;

type Decided = Pick<MailJudgedData, 'failed' | 'facts'>;

/** Whether the virus check found something, whatever the mail was refused for, and whether or not the check only watched. */
export function holdsVirus({ failed, facts }: Decided): boolean {
  if (checkNames(failed).includes(virus.name)) return true;
  const gathered = facts[virus.name];
  const fact = gathered?.status === 'observed' ? (gathered.fact as { readonly status?: unknown }) : undefined;
  return fact?.status === 'infected';
}

/** Whether who asks may release this mail of the domain, or take its bytes away. Says nothing of mails without a virus: those a role allows. */
export async function mayRelease(
  context: CommandContext,
  { domainId, data }: { readonly domainId: string; readonly data: Decided },
): Promise<Permission> {
  return holdsVirus(data) ? mayReleaseViruses(context, domainId) : ok(undefined);
}

/** Whether who asks may release mails of the domain in which a virus was found. The operator always may. */
export async function mayReleaseViruses(context: CommandContext, domainId: string): Promise<Permission> {
  const { actor } = context.metadata();
  if (actor.kind === 'operator') return ok(undefined);
  const domain = await domainAt(context, domainId);
  if (!domain.ok) return domain;
  const { details, revision } = domain.value;
  const settings = virusSettings.safeParse(
    effectivePolicy(details, revision).checks[virus.name]?.settings ?? {},
  );
  // Settings that cannot be read open nothing.
  const release = settings.success ? settings.data.release : 'nobody';
  const role = await memberRole(context, details.accountId, actor);
  if (!role.ok) return role;
  if (role.value !== undefined && rolesOf[release].includes(role.value)) return ok(undefined);
  return refuse('virus-release', `A virus was found in this mail: ${words[release]}.`);
}

const rolesOf: Readonly<Record<Releaser, readonly Role[]>> = {
  nobody: [],
  owner: ['owner'],
  admin: ['owner', 'admin'],
  everybody: (['owner', 'admin', 'member', 'auditor'] as const).filter((role) =>
    permissionsOf(role).includes('release'),
  ),
};

const words: Readonly<Record<Releaser, string>> = {
  nobody: 'the domain lets only the operator release or download it',
  owner: 'the domain lets only owners of the account release or download it',
  admin: 'the domain lets only owners and admins of the account release or download it',
  everybody: 'only members of the account who release mail may release or download it',
};
