/**
 * A check: one file that gathers facts and judges them under its settings, and knows nothing of any database. This is
 * also the interface for third-party checks.
 */
import type { Action } from '../account/permissions.ts';
import type { BayesObservation } from '../bayes/observe.ts';
import type { ZodType } from 'zod';
import type { JsonObject } from '../kernel/json.ts';
import type { FindingResult, ListMatch } from '../judge/verdict.ts';
import type { Reasons } from '../judge/reason.ts';
import type { HeaderView } from '../message/header-view.ts';
import type { ListEntry, Mode } from '../policy/policy.ts';
import type { ArcObservation, DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { EngineAnswer } from '../ports/external-engine.ts';
import type { ScanResult } from '../ports/virus-scanner.ts';
import type { EdgeView } from './edge-view.ts';
import type { OwnNames } from './own-names.ts';

/** When a check has all it needs: the connection, HELO, MAIL FROM, RCPT TO, or the message. */
export type Phase = 'connect' | 'helo' | 'mail' | 'rcpt' | 'data';

export const presetNames = ['relaxed', 'balanced', 'strict'] as const;
export type PresetName = (typeof presetNames)[number];

/** The connection and envelope of one mail: plain data, recorded with the decision. */
export interface Envelope {
  /** Address of the client, IPv4 never mapped into IPv6. */
  readonly ip: string;
  readonly helo: string;
  /** '' for the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** TLS protocol version of the session, or undefined without TLS. */
  readonly tls?: string;
  /** The client spoke before the greeting. */
  readonly earlyTalker?: true;
  /** Brought in from an old archive: nobody waits for an answer, and nothing is delivered. */
  readonly imported?: true;
}

/** What several checks need, asked once per mail and shared: the first caller starts it, all get the same answer. */
export interface Observations {
  spf(): Promise<SpfObservation>;
  /** Data phase only. */
  dkim(): Promise<readonly DkimSignature[]>;
  /** Data phase only. */
  arc(): Promise<ArcObservation>;
  /** Data phase only; a message that could not be read within its caps rejects with the reason. */
  message(): Promise<InspectedMessage>;
  /** The header as far as counting needs it, without reading the message. Data phase only: throws before it. */
  header(): HeaderView;
  /** Data phase only. `target`: the URL of an engine, or '' for the operator's; undefined where there is none. */
  engine(target: string): Promise<EngineAnswer | undefined>;
  /** Data phase only. Undefined where no scanner is configured. */
  scan(): Promise<ScanResult | undefined>;
  /**
   * What the taught models make of the mail, with `mailbox` those of the recipients, too; undefined where nothing was taught.
   * Data phase only.
   */
  learned?(scope: 'domain' | 'mailbox'): Promise<BayesObservation | undefined>;
  /** Bytes of the message; before it is there those that the client declared; undefined where it did not. */
  size?(): number | undefined;
}

/** What `gather` may look at. */
export interface GatherInput {
  readonly envelope: Envelope;
  readonly observed: Observations;
  readonly resolver: Resolver;
  /** Loopback or private address (RFC 1918, RFC 4193, RFC 6890): reputation and reverse DNS say nothing about it. */
  readonly clientIsPrivate: boolean;
  /** Undefined for a mail of an archive and for a dry run: nothing may be counted for them, and nobody asked. */
  readonly edge?: EdgeView;
  /** Undefined where no edge speaks: then nobody can claim to be it. */
  readonly own?: OwnNames;
  /** Time this check has, in ms. */
  readonly deadlineMs: number;
}

/** What came of gathering. Only `observed` carries a fact; `nothing` means that there was nothing to observe. */
export type Gathered<TFact> =
  | { readonly status: 'observed'; readonly fact: TFact }
  | { readonly status: 'nothing' }
  | { readonly status: 'error'; readonly message: string }
  | { readonly status: 'not-configured' }
  | { readonly status: 'skipped'; readonly why: 'private-client' | 'null-sender' };

/** What `judge` may look at beside its fact: pure data. */
export interface JudgeView {
  readonly envelope: Envelope;
  /** The recipient in question, lower case. */
  readonly recipient: string;
  /** ISO 8601; when the mail came. */
  readonly receivedAt: string;
  readonly lists: {
    /** Entries of this recipient's mailbox, of its domain, of the service: in order of precedence. */
    readonly mailbox: readonly ListEntry[];
    readonly domain: readonly ListEntry[];
    readonly service: readonly ListEntry[];
  };
  /** Facts of SPF and DKIM where they were gathered: for entries that demand an authenticated sender. */
  readonly spf: SpfObservation | undefined;
  readonly dkim: readonly DkimSignature[] | undefined;
}

export interface Conclusion<TReason extends string = string> {
  readonly result: Extract<FindingResult, 'pass' | 'fail' | 'none'>;
  /** Of a failure. */
  readonly reason?: TReason;
  /** One plain sentence that names what was observed. */
  readonly sentence: string;
  /** Points instead of the policy's weight (such as a sum over DNS lists). */
  readonly score?: number;
  readonly list?: ListMatch;
  /** Names of checks whose failures this finding turns into passes, unless it is only observed. */
  readonly rescues?: readonly string[];
  /** What of several askable things spoke against the mail (zones that list it, an SPF result): advice is given for each. */
  readonly sources?: readonly string[];
}

/** How a preset sets a check. */
export interface Preset {
  readonly mode: Mode;
  readonly weight?: number;
  readonly onError?: 'ignore' | 'defer';
  readonly settings?: JsonObject;
}

export interface Check<TSettings = unknown, TFact = unknown, TReason extends string = string> {
  /** Number in the published table; also its bit in `ran`, so it never changes. */
  readonly number: number;
  /** kebab-case. */
  readonly name: string;
  readonly phase: Phase;
  /** Row of the verdict table: safety before lists before all else. */
  readonly standing: 'safety' | 'list' | 'ordinary';
  readonly title: string;
  /** What it looks at and why that tells something, for the person who switches it. */
  readonly help: string;
  /** Modes a domain may choose. */
  readonly modes: readonly Mode[];
  /** Acts at once at RCPT and leaves no body (marked † in the table). */
  readonly immediate?: boolean;
  /** `service`: the operator sets it in the configuration, for all domains; it is in no domain's policy. Default: `domain`. */
  readonly scope?: 'domain' | 'service';
  /** Asks DNS about client, sender or signature as they are now, which says little of a mail from long ago. */
  readonly asksNow?: boolean;
  /** Looks at the text or the links of the mail, which are read in full only where a check that is on does. */
  readonly readsContent?: boolean;
  /** Judges by connection and envelope: its fact is mostly empty, and then it is not written. */
  readonly byEnvelope?: true;
  /** Settings that take more than to be allowed to change settings: what whoever changes one must be allowed. */
  readonly guarded?: Readonly<Record<string, Action>>;
  /** An object; every member has a default. */
  readonly settings: ZodType<TSettings>;
  /** As of the edition that first has the check. What a published edition says never changes: later ones are `revised`. */
  readonly presets: Readonly<Record<PresetName, Preset>>;
  /** Edition of the presets that first has it; in earlier ones it is off. Default: 1. */
  readonly since?: number;
  /** The check as later editions have it, where they have it otherwise; each until the next. */
  readonly revised?: Readonly<Record<number, Readonly<Record<PresetName, Preset>>>>;
  readonly reasons: Readonly<Record<TReason, Reasons[string]>>;
  gather(input: GatherInput, settings: TSettings): Promise<Gathered<TFact>>;
  /** Pure and total. */
  judge(fact: TFact, settings: TSettings, view: JudgeView): Conclusion<TReason>;
  /** Questions (zones) that these settings would ask and to which a fact has no answer. Missing: settings change none. */
  unasked?(fact: TFact, settings: TSettings): readonly string[];
}

/** A check whose own types are forgotten, as the list of all checks holds it. */
export type AnyCheck = Check;

/** Declares a check; the types of settings, fact and reasons are inferred from the declaration. */
export const defineCheck = <TSettings, TFact, TReason extends string>(
  check: Check<TSettings, TFact, TReason>,
): AnyCheck => check as unknown as AnyCheck;

/** What a check gathers that judges `byEnvelope`. */
export const envelopeAlone = async (): Promise<Gathered<object>> => observed({});

export const observed = <TFact>(fact: TFact): Gathered<TFact> => ({ status: 'observed', fact });
