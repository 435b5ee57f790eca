/** A change of a domain in plain words, for its history: “Blocked *@spam.example”, “Set check dnsbl to score”. */
import type { JsonObject } from '../kernel/json.ts';
import { type CheckOverride, type DomainEvents, domainFormats, type ListKey } from './domain.ts';
import type { Thresholds } from '../policy/policy.ts';
import { incidentText } from '../replay/incident.ts';
import { routeText } from './route.ts';

/** What is left of a change whose personal part has been erased. */
const erased = 'what exactly has been erased';

/** Members that are sealed may be missing: the key of the domain can have been destroyed. */
type Described = DomainEvents extends infer TEvent
  ? TEvent extends DomainEvents
    ? { readonly type: TEvent['type']; readonly data: Partial<TEvent['data']> }
    : never
  : never;

/** `data`: of the event in the open, or its plain part. An event that this version does not know is named by its type. */
export function describeChange(type: string, data: JsonObject): string {
  // Its data was written from the event that the type names.
  return Object.hasOwn(domainFormats, type) ? sentenceOf({ type, data } as unknown as Described) : type;
}

function sentenceOf(event: Described): string {
  switch (event.type) {
    case 'DomainAdded':
      return `Added ${event.data.name} with the preset ${event.data.preset}`;
    case 'DomainProven':
      return event.data.by === 'dns'
        ? 'Showed in DNS that the domain is theirs'
        : 'Vouched for the domain: it receives mail';
    case 'RouteSet':
      return `Set the route to ${(event.data.hosts ?? []).map(routeText).join(', then ')}`;
    case 'PresetChosen':
      return `Chose the preset ${event.data.preset}`;
    case 'EditionTaken':
      return `Took edition ${event.data.edition} of the preset`;
    case 'ThresholdsSet':
      return `Set the thresholds: ${thresholdsWords(event.data)}`;
    case 'MailboxThresholdsSet':
      return `Set the thresholds of ${mailboxWords(event.data)}: ${thresholdsWords(event.data)}`;
    case 'MailboxThresholdsRemoved':
      return `Removed the thresholds of ${mailboxWords(event.data)}: those of the domain hold for it again`;
    case 'VerdictHeaderSet':
      return event.data.enabled === true
        ? 'Let accepted mail tell its verdict in a header field'
        : 'Ended that accepted mail tells its verdict in a header field';
    case 'CheckConfigured':
      return describeCheck(event.data);
    case 'ListEntryAdded':
      return describeAdded(event.data.entry);
    case 'ListEntryRemoved':
      return describeRemoved(event.data.entry);
    default:
      return describeStatus(event);
  }
}

/** “2026-11-22 14:02 UTC”; a time in another zone as it is. */
const minute = (at = ''): string =>
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) ? `${at.slice(0, 16).replace('T', ' ')} UTC` : at;

const thresholdsWords = ({ tag, hold, reject }: Partial<Thresholds>): string =>
  `mark from ${tag}, hold from ${hold}, refuse from ${reject} points`;

const mailboxWords = ({
  mailbox = 'a mailbox that has been erased',
}: {
  readonly mailbox?: string;
}): string => mailbox;

type StatusChange = Extract<
  Described,
  { type: 'IncidentUndone' | 'DomainSuspended' | 'DomainResumed' | 'DomainRemoved' }
>;

function describeStatus(event: StatusChange): string {
  switch (event.type) {
    case 'IncidentUndone': {
      const { incident, since, until, mails } = event.data;
      const what = incident === undefined ? `an incident; ${erased}` : incidentText(incident);
      return `Undid ${what}, from ${minute(since)} to ${minute(until)}: releases ${mails} ${mails === 1 ? 'mail' : 'mails'}`;
    }
    case 'DomainSuspended':
      return `Suspended the domain: ${event.data.reason}`;
    case 'DomainResumed':
      return 'Ended the suspension of the domain';
    case 'DomainRemoved':
      return 'Removed the domain';
    default:
      return event satisfies never;
  }
}

/** A sealed member is there, or the event holds no more than its plain part. */
function describeCheck({
  check,
  mode,
  weight,
  onError,
  exempt,
  settings,
}: Partial<{ check: string } & CheckOverride>): string {
  const changes = [
    ...(mode === undefined ? [] : [mode]),
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(onError === undefined ? [] : [errorWords[onError]]),
    ...(exempt === undefined ? [] : [exemptWords(exempt)]),
    ...(settings === undefined ? [] : [settingsWords(settings)]),
  ];
  return changes.length === 0 ? `Changed check ${check}` : `Set check ${check} to ${changes.join(', ')}`;
}

const errorWords = {
  ignore: 'let mail pass when it cannot be made',
  defer: 'put mail off when it cannot be made',
} as const;

const maxNamed = 5;
const maxText = 60;

const exemptWords = (exempt: readonly string[]): string =>
  exempt.length === 0 ? 'leave nobody alone' : `leave ${named(exempt)} alone`;

const settingsWords = (settings: JsonObject): string =>
  `${named(Object.entries(settings).map(([name, value]) => `${name} ${shortened(JSON.stringify(value))}`))}`;

function named(all: readonly string[]): string {
  const more = all.length - maxNamed;
  return all.slice(0, maxNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const shortened = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text);

const verbs = { allow: 'Allowed', block: 'Blocked' } as const;

function describeAdded(
  entry: Extract<DomainEvents, { type: 'ListEntryAdded' }>['data']['entry'] | undefined,
) {
  if (entry === undefined) return `Added to the lists; ${erased}`;
  const conditions = [
    ...(entry.authenticated ? ['if SPF or DKIM proves the sender'] : []),
    ...(entry.expires === undefined ? [] : [`until ${entry.expires.slice(0, 16).replace('T', ' ')} UTC`]),
  ];
  const about = [subjectOf(entry), ...conditions].join(', ');
  return `${verbs[entry.action]} ${about}${entry.note === undefined ? '' : ` (${entry.note})`}`;
}

const describeRemoved = (entry: ListKey | undefined): string =>
  entry === undefined
    ? `Removed from the lists; ${erased}`
    : `Took ${subjectOf(entry)} off the ${entry.action} list`;

const subjectOf = ({ pattern, mailbox }: ListKey): string =>
  mailbox === undefined ? pattern : `${pattern} for ${mailbox}`;
