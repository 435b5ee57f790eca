/** Reason codes: closed, each with the SMTP reply that a sender gets. A check brings its own; here are all the others. */

/** What the sender is told. Plain words, never internals. */
export interface Reply {
  /** RFC 5321 §4.2. */
  readonly code: 250 | 421 | 450 | 451 | 452 | 550 | 552 | 554;
  /** RFC 3463, RFC 7372. */
  readonly enhanced: `${2 | 4 | 5}.${number}.${number}`;
  /** Words for the sender, without final full stop. */
  readonly text: string;
}

/** A reason's reply, and what it is called where mails are listed and counted by it. */
export interface Reason extends Reply {
  /** For the recipient's side: short, without full stop. */
  readonly title: string;
}

export type Reasons = Readonly<Record<string, Reason>>;

/** Reasons that come from the table of verdicts itself, or from before any check. */
export const generalReasons = {
  clean: { title: 'Nothing against it', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  allowed: { title: 'On an allow list', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  'score-tag': { title: 'Points enough to mark it', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  'score-hold': { title: 'Points enough to hold it', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  'split-verdict': { title: 'Not every mailbox takes it', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  'score-reject': {
    title: 'Too many points',
    code: 550,
    enhanced: '5.7.1',
    text: 'Refused: too many signs of unwanted mail',
  },
  'check-error': {
    title: 'A check could not be made',
    code: 451,
    enhanced: '4.7.1',
    text: 'A check could not be made; try again later',
  },
  // Nobody is told: an imported mail was answered long ago, by whoever received it.
  imported: { title: 'Imported from an old archive', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  undeliverable: { title: 'The mail server did not take it', code: 250, enhanced: '2.0.0', text: 'Accepted' },
  'relay-denied': {
    title: 'For a domain that is not here',
    code: 550,
    enhanced: '5.7.1',
    text: 'Relaying denied: we do not receive mail for this domain',
  },
  'domain-unproven': {
    title: 'Domain not set up yet',
    code: 550,
    enhanced: '5.7.1',
    text: 'This domain is not set up to receive mail here yet',
  },
  'domain-removed': {
    title: 'Domain removed',
    code: 451,
    enhanced: '4.3.5',
    text: 'This domain does not receive mail here at the moment',
  },
  'domain-gone': {
    title: 'Domain removed long ago',
    code: 550,
    enhanced: '5.1.2',
    text: 'This domain no longer receives mail here',
  },
  'no-policy': {
    title: 'Edge not ready yet',
    code: 451,
    enhanced: '4.3.5',
    text: 'Not ready to receive mail yet; try again later',
  },
  'another-domain': {
    title: 'Several domains at once',
    code: 452,
    enhanced: '4.5.3',
    text: 'One domain a transaction; send this recipient again by itself',
  },
  'too-many-recipients': {
    title: 'Too many recipients',
    code: 452,
    enhanced: '4.5.3',
    text: 'Too many recipients; send the rest in another transaction',
  },
  'too-large': {
    title: 'Too large',
    code: 552,
    enhanced: '5.3.4',
    text: 'The message is larger than we take',
  },
  // RFC 3463 §3.4: X.3.1
  'no-room': {
    title: 'Out of storage',
    code: 452,
    enhanced: '4.3.1',
    text: 'Out of storage for the moment; try again later',
  },
  'broken-protocol': {
    title: 'Breaks the rules of SMTP',
    code: 550,
    enhanced: '5.5.2',
    text: 'Refused: the message breaks the rules of SMTP',
  },
  'local-error': {
    title: 'A problem on our side',
    code: 451,
    enhanced: '4.3.0',
    text: 'A problem on our side; try again later',
  },
} as const satisfies Reasons;

export type GeneralReason = keyof typeof generalReasons;
