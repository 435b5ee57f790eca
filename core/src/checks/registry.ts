/** The ordered list of all checks, as in the published table; adding a check is one line here. */
import type { GeneralReason, Reasons, Reply } from '../judge/reason.ts';
import { generalReasons } from '../judge/reason.ts';
import type { Policy } from '../policy/policy.ts';
import type { AnyCheck } from './check.ts';
import { arc } from './arc.ts';
import { attachment } from './attachment.ts';
import { connectionAbuse } from './connection-abuse.ts';
import { connectionLoad } from './connection-load.ts';
import { connectionRate } from './connection-rate.ts';
import { bayes } from './bayes.ts';
import { bodyEmpty } from './body-empty.ts';
import { bulk } from './bulk.ts';
import { displaySpoof } from './display-spoof.ts';
import { headerAddress } from './header-address.ts';
import { headerPattern } from './header-pattern.ts';
import { language } from './language.ts';
import { mimeAnomaly } from './mime-anomaly.ts';
import { dkim } from './dkim.ts';
import { dmarc } from './dmarc.ts';
import { dnsbl } from './dnsbl.ts';
import { earlyTalker } from './early-talker.ts';
import { externalEngine } from './external-engine.ts';
import { fcrdns } from './fcrdns.ts';
import { greylist } from './greylist.ts';
import { headerLoop } from './header-loop.ts';
import { headerRequired } from './header-required.ts';
import { heloSyntax } from './helo-syntax.ts';
import { ipList } from './ip-list.ts';
import { recipientHarvest } from './recipient-harvest.ts';
import { recipientValid } from './recipient-valid.ts';
import { senderList } from './sender-list.ts';
import { size } from './size.ts';
import { spf } from './spf.ts';
import { bounceSanity } from './bounce-sanity.ts';
import { heloForged } from './helo-forged.ts';
import { heloMatch } from './helo-match.ts';
import { rdns } from './rdns.ts';
import { rdnsPattern } from './rdns-pattern.ts';
import { recipientDisposable } from './recipient-disposable.ts';
import { recipientSource } from './recipient-source.ts';
import { rhsbl } from './rhsbl.ts';
import { selfSpoof } from './self-spoof.ts';
import { senderResolves } from './sender-resolves.ts';
import { senderSyntax } from './sender-syntax.ts';
import { uribl } from './uribl.ts';
import { virus } from './virus.ts';

const table: AnyCheck[] = [
  connectionLoad,
  connectionRate,
  connectionAbuse,
  earlyTalker,
  ipList,
  rdns,
  fcrdns,
  rdnsPattern,
  dnsbl,
  heloSyntax,
  heloMatch,
  heloForged,
  senderSyntax,
  senderResolves,
  senderList,
  rhsbl,
  spf,
  selfSpoof,
  recipientValid,
  recipientSource,
  recipientDisposable,
  recipientHarvest,
  greylist,
  bounceSanity,
  headerRequired,
  headerAddress,
  headerPattern,
  headerLoop,
  bulk,
  dkim,
  dmarc,
  arc,
  displaySpoof,
  size,
  bodyEmpty,
  mimeAnomaly,
  attachment,
  virus,
  uribl,
  bayes,
  language,
  externalEngine,
];

/** Those of the table, and behind them what `installChecks` has added. */
export const allChecks: readonly AnyCheck[] = table;

const byName = new Map(allChecks.map((check) => [check.name, check]));

export const checkNamed = (name: string): AnyCheck | undefined => byName.get(name);

/** What a check is called by people; one that is not installed here by its name. */
export const checkTitle = (name: string): string => byName.get(name)?.title ?? name;

const installed = new Set<string>();

/** Whose a check is: of the published table, or what the operator of this service has installed beside it. */
export const originOf = (name: string): 'sluice' | 'operator' =>
  installed.has(name) ? 'operator' : 'sluice';

/** Whether a check that is on under the policy looks at the text or the links of the mail. */
export const readsContent = ({ checks }: Pick<Policy, 'checks'>): boolean =>
  allChecks.some(
    ({ name, readsContent: reads }) => reads === true && (checks[name]?.mode ?? 'off') !== 'off',
  );

export const allReasons: Reasons = Object.assign(
  { ...generalReasons },
  ...allChecks.map((check) => check.reasons),
);

/** The reply for a reason code; an unknown one (from a newer or older version) is a local error. */
export const replyFor = (reason: string): Reply => allReasons[reason] ?? generalReasons['local-error'];

/** What a reason is called in lists; an unknown one is called by its code. */
export const reasonTitle = (reason: string): string =>
  (Object.hasOwn(allReasons, reason) ? allReasons[reason]?.title : undefined) ?? reason;

/** Those of the table under which a copy is kept. */
const keptByTable: readonly GeneralReason[] = [
  'score-reject',
  'score-hold',
  'split-verdict',
  'undeliverable',
];

const keptReasons = (check: AnyCheck): readonly string[] =>
  check.immediate === true ? [] : Object.keys(check.reasons);

const kept = new Set<string>([...keptByTable, ...allChecks.flatMap(keptReasons)]);

/** Whether mail can lie in the quarantine for this reason; what is refused before its data leaves no copy. */
export const isKeptReason = (reason: string): boolean =>
  kept.has(reason) || !Object.hasOwn(allReasons, reason);

/** For `installChecks`, which has looked at them: at the start of a process, before anything is judged or shown. */
export function addToTable(checks: readonly AnyCheck[]): void {
  table.push(...checks);
  for (const check of checks) {
    byName.set(check.name, check);
    installed.add(check.name);
    Object.assign(allReasons, check.reasons);
    for (const reason of keptReasons(check)) kept.add(reason);
  }
}
