/** Modes, phases, presets and states in words. */
import type { Domain, Mode, Phase, PresetName } from './domain.ts';

export const statusWords: Readonly<
  Record<
    Domain['status'],
    { readonly text: string; readonly tone: 'good' | 'warn' | 'bad'; readonly about: string }
  >
> = {
  active: { text: 'Active', tone: 'good', about: 'Mail for this domain is taken and filtered.' },
  unproven: {
    text: 'Not proven yet',
    tone: 'warn',
    about: 'No mail is taken until it is certain that the domain is yours.',
  },
  suspended: {
    text: 'Suspended',
    tone: 'bad',
    about: 'Mail is passed on unfiltered, but for viruses and loops.',
  },
  removed: { text: 'Removed', tone: 'bad', about: 'Mail for this domain is no longer taken.' },
};

export const modeWords: Readonly<Record<Mode, { readonly text: string; readonly about: string }>> = {
  off: { text: 'Off', about: 'not made at all' },
  observe: { text: 'Observe', about: 'made and recorded, never counts' },
  score: { text: 'Score', about: 'a failure adds points' },
  reject: { text: 'Reject', about: 'a failure refuses the mail' },
  defer: { text: 'Defer', about: 'a failure puts the mail off; the sender tries again' },
};

export const phases: readonly { readonly phase: Phase; readonly title: string; readonly about: string }[] = [
  { phase: 'connect', title: 'Connection', about: 'The server that connects: its address and name.' },
  { phase: 'helo', title: 'Greeting', about: 'How that server introduces itself.' },
  { phase: 'mail', title: 'Sender', about: 'The sender in the envelope.' },
  { phase: 'rcpt', title: 'Recipient', about: 'Whom the mail is for.' },
  { phase: 'data', title: 'Message', about: 'Headers, signatures, content and attachments.' },
];

export const presetNames: readonly PresetName[] = ['relaxed', 'balanced', 'strict'];

export const presetWords: Readonly<Record<PresetName, { readonly text: string; readonly about: string }>> = {
  relaxed: {
    text: 'Relaxed',
    about: 'Refuses only what is surely bad. A little unwanted mail may come through.',
  },
  balanced: { text: 'Balanced', about: 'For most domains: little comes through, little is refused wrongly.' },
  strict: {
    text: 'Strict',
    about: 'Refuses more, and at once. Look into the quarantine now and then.',
  },
};

export const onErrorWords: Readonly<Record<'ignore' | 'defer', string>> = {
  ignore: 'Let the mail pass this check',
  defer: 'Put the mail off; the sender tries again',
};

export const stepWords = {
  resolve: 'Find the address',
  connect: 'Connect',
  greeting: 'Greeting',
  tls: 'Encryption',
  recipient: 'Take a recipient',
} as const;

export const tlsWords = {
  opportunistic: 'if the server can',
  required: 'always, with a valid certificate',
  none: 'never',
} as const;
