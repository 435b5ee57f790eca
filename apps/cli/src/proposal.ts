/** Proposed settings as they are written on a command line: `dnsbl.mode=reject`, `thresholds.reject=8`, list patterns. */
import { usage } from './exit.ts';
import type { Connection } from './client.ts';

export type ProposalInput = Parameters<Connection['api']['whatif']['start']['mutate']>[0]['proposal'];

export interface ProposalOptions {
  /** By path: `settingPair` has read the values. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly preset?: string;
  readonly edition?: number;
  readonly allow?: readonly string[];
  readonly block?: readonly string[];
  readonly unallow?: readonly string[];
  readonly unblock?: readonly string[];
  /** Thresholds and entries are for this mailbox only. */
  readonly mailbox?: string;
  /** Those of the domain would hold for it again. */
  readonly removeThresholds?: boolean;
}

const entries = (action: 'allow' | 'block', patterns: readonly string[] = [], mailbox?: string) =>
  patterns.map((pattern) => ({ action, pattern, ...(mailbox === undefined ? {} : { mailbox }) }));

/** What belongs to every check, beside its own settings. */
const common = new Set(['mode', 'weight', 'onError', 'exempt']);

/** The api checks every value of it. */
export function readProposal(options: ProposalOptions): ProposalInput {
  const { set = {}, preset, edition, mailbox, removeThresholds = false } = options;
  if (removeThresholds && mailbox === undefined) {
    throw usage('Name the mailbox whose thresholds are to go: --mailbox ADDRESS.');
  }
  const checks = new Map<string, Record<string, unknown>>();
  const thresholds: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(set)) {
    const { subject, member } = settingOf(path);
    if (subject === 'thresholds') thresholds[member] = value;
    else setOf(checks, subject, { member, value });
  }
  const proposal = {
    ...(preset === undefined ? {} : { preset }),
    ...(edition === undefined ? {} : { edition }),
    ...thresholdsIn(thresholds, mailbox),
    ...(removeThresholds ? { removeMailboxThresholds: [mailbox] } : {}),
    checks: [...checks].map(([check, override]) => ({ check, ...override })),
    remove: [...entries('allow', options.unallow, mailbox), ...entries('block', options.unblock, mailbox)],
    add: [...entries('allow', options.allow, mailbox), ...entries('block', options.block, mailbox)],
  };
  return proposal as ProposalInput;
}

function thresholdsIn(thresholds: Readonly<Record<string, unknown>>, mailbox: string | undefined): object {
  if (Object.keys(thresholds).length === 0) return {};
  return mailbox === undefined ? { thresholds } : { mailboxThresholds: [{ mailbox, ...thresholds }] };
}

function settingOf(path: string): { readonly subject: string; readonly member: string } {
  const [subject, member, ...rest] = path.split('.');
  if (!subject || !member || rest.length > 0) {
    throw usage(`“${path}” is no setting; write it like dnsbl.mode=reject or thresholds.reject=8.`);
  }
  return { subject, member: member === 'on-error' ? 'onError' : member };
}

function setOf(
  checks: Map<string, Record<string, unknown>>,
  check: string,
  { member, value }: { readonly member: string; readonly value: unknown },
): void {
  const override = checks.get(check) ?? {};
  if (common.has(member)) override[member] = value;
  else override['settings'] = { ...(override['settings'] as object | undefined), [member]: value };
  checks.set(check, override);
}

/** The command that tries a proposal out. */
export function whatIfCommand(domain: string, proposal: ProposalInput): string {
  const { preset, thresholds = {}, checks = [] } = proposal ?? {};
  const sets = [
    ...Object.entries(thresholds).map(([name, value]) => [`thresholds.${name}`, value] as const),
    ...checks.flatMap(({ check, settings = {}, ...override }) =>
      Object.entries({ ...override, ...settings }).map(
        ([member, value]) => [`${check}.${member}`, value] as const,
      ),
    ),
  ];
  const words = sets.map(([path, value]) => {
    const text = typeof value === 'object' ? `'${JSON.stringify(value)}'` : String(value);
    return `--set ${path}=${text}`;
  });
  const start = `sluice whatif --domain ${domain}${preset === undefined ? '' : ` --preset ${preset}`}`;
  return [start, ...words].join(' ');
}
