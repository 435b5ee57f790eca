/** The SMTP side of one connection without its socket: which command is in order, what is answered, and what comes next. */
import { isAscii } from 'node:buffer';
import type {
  SmtpHello,
  SmtpMessage,
  SmtpMisuse,
  SmtpReply,
  SmtpSession,
} from '@sluice/core/ports/smtp-session.ts';
import type { SmtpLimits, TurnedAway } from './options.ts';
import { needsUtf8, parsePathCommand, type PathCommand } from './path.ts';
import { replies, writeLines, writeReply } from './replies.ts';

/** What is written, and what the connection does then. */
export interface Step {
  readonly output: string;
  readonly next: 'go-on' | 'close' | 'read-message' | 'start-tls';
  /** Of `close`: why, where that is to be counted. */
  readonly why?: TurnedAway;
}

export interface DialogueOptions {
  readonly hostname: string;
  readonly limits: SmtpLimits;
  readonly offersTls: boolean;
  readonly session: SmtpSession;
  readonly onError: (error: unknown) => void;
}

export interface Dialogue {
  greet(earlyTalker: boolean): Step | Promise<Step>;
  command(line: Buffer): Step | Promise<Step>;
  message(message: SmtpMessage, decided: () => void): Promise<Step>;
  /** TLS is on: everything said before is forgotten (RFC 3207 §4.2). */
  secured(tls: SmtpHello['tls']): void;
}

/** All that is known of the connection: a value, replaced whole. */
interface State {
  readonly hello: string | undefined;
  readonly tls: SmtpHello['tls'];
  readonly transaction: 'none' | 'mail' | 'rcpt';
  readonly smtpUtf8: boolean;
  /** Since the last message. */
  readonly commands: number;
  readonly unknown: number;
}

const fresh: State = {
  hello: undefined,
  tls: undefined,
  transaction: 'none',
  smtpUtf8: false,
  commands: 0,
  unknown: 0,
};

const say = (reply: SmtpReply, next: Step['next'] = 'go-on'): Step => ({
  output: writeReply(reply),
  next: reply.code === 421 ? 'close' : next,
});

const end = (reply: SmtpReply, why: TurnedAway): Step => ({ output: writeReply(reply), next: 'close', why });

const httpRequest = /^(?:OPTIONS|GET|HEAD|POST|PUT|DELETE|TRACE|CONNECT|PATCH) \S.* HTTP\/\d/i;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function createDialogue({ hostname, limits, offersTls, session, onError }: DialogueOptions): Dialogue {
  let state = fresh;
  const set = (change: Partial<State>): void => {
    state = { ...state, ...change };
  };

  /** Asks the session; whatever it throws is a local error and no more. */
  function ask<T extends SmtpReply>(
    question: () => T | Promise<T>,
    answered: (reply: T) => Step,
  ): Step | Promise<Step> {
    const failed = (error: unknown): Step => {
      onError(error);
      return say(replies.localError);
    };
    try {
      const reply = question();
      return reply instanceof Promise ? reply.then(answered).catch(failed) : answered(reply);
    } catch (error) {
      return failed(error);
    }
  }

  /** The reply, and a change of state if it is a yes. */
  const sayAnd = (change: Partial<State>) => (reply: SmtpReply) => {
    if (reply.code < 400) set(change);
    return say(reply);
  };

  function forgetTransaction(): void {
    if (state.transaction !== 'none') session.reset();
    set({ transaction: 'none', smtpUtf8: false });
  }

  function hello(argument: string, extended: boolean): Step | Promise<Step> {
    // RFC 5321 §4.5.3.1.2, and room for what is wrong but common; no control characters, for it goes into headers.
    if (!/^[^\s\p{Cc}]{1,300}$/u.test(argument)) return say(replies.helloSyntax);
    forgetTransaction();
    return ask(
      () => session.helo({ name: argument, extended, tls: state.tls }),
      (reply) => {
        if (reply.code >= 400) return say(reply);
        set({ hello: argument });
        return extended ? { output: writeLines(250, capabilities()), next: 'go-on' } : sayHello();
      },
    );
  }

  const sayHello = (): Step => ({ output: `250 ${hostname}\r\n`, next: 'go-on' });

  const capabilities = (): readonly string[] => [
    hostname,
    'PIPELINING',
    `SIZE ${limits.maxMessageBytes}`,
    ...(offersTls && state.tls === undefined ? ['STARTTLS'] : []),
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'SMTPUTF8',
  ];

  /** Whoever decides is asked first; where it has nothing to say, the answer is `otherwise`. */
  function misused(what: SmtpMisuse, otherwise: () => Step): Step | Promise<Step> {
    if (session.misused === undefined) return otherwise();
    return session.misused(what).then(
      (reply) => (reply === undefined ? otherwise() : say(reply)),
      (error: unknown) => {
        onError(error);
        return otherwise();
      },
    );
  }

  /** MAIL, RCPT or DATA out of turn. */
  const outOfTurn = (reply: SmtpReply): Step | Promise<Step> =>
    state.hello === undefined ? misused('before-hello', () => say(reply)) : say(reply);

  function mail(argument: string): Step | Promise<Step> {
    if (state.hello === undefined) return outOfTurn(replies.helloFirst);
    if (state.transaction !== 'none') return say(replies.nestedMail);
    const path = parsePathCommand(argument, 'FROM');
    const refused = path === undefined ? replies.senderSyntax : faultOfMail(path);
    if (path === undefined || refused !== undefined) return say(refused ?? replies.senderSyntax);
    const { address, parameters } = path;
    const size = parameters.get('SIZE');
    const smtpUtf8 = parameters.has('SMTPUTF8');
    const declaredSize = size === undefined ? undefined : Number(size);
    return ask(
      () => session.mail({ address, declaredSize, smtpUtf8 }),
      sayAnd({ transaction: 'mail', smtpUtf8 }),
    );
  }

  function rcpt(argument: string): Step | Promise<Step> {
    if (state.transaction === 'none') return outOfTurn(replies.mailFirst);
    const path = parsePathCommand(argument, 'TO');
    if (path === undefined) return say(replies.recipientSyntax);
    if (path.parameters.size > 0) return say(replies.unknownParameter);
    if (needsUtf8(path.address) && !state.smtpUtf8) return say(replies.needsSmtpUtf8);
    return ask(() => session.rcpt(path.address), sayAnd({ transaction: 'rcpt' }));
  }

  function data(argument: string): Step | Promise<Step> {
    if (argument !== '') return say(replies.noParameters);
    if (state.transaction === 'none') return outOfTurn(replies.mailFirst);
    // RFC 5321 §3.3: 554 where there was a RCPT and none was taken.
    if (state.transaction === 'mail') return say(replies.noRecipients);
    return say(replies.startMail, 'read-message');
  }

  function reset(argument: string): Step {
    if (argument !== '') return say(replies.noParameters);
    forgetTransaction();
    return say(replies.ok);
  }

  function startTls(argument: string): Step {
    if (!offersTls) return say(replies.notImplemented);
    if (state.tls !== undefined) return say(replies.tlsActive);
    return argument === '' ? say(replies.startTls, 'start-tls') : say(replies.noParameters);
  }

  function unknown(): Step | Promise<Step> {
    if (session.misused !== undefined) return misused('unknown-command', () => say(replies.unknown));
    set({ unknown: state.unknown + 1 });
    return state.unknown > limits.maxUnknownCommands
      ? end(replies.tooManyUnknown, 'too-many-unknown-commands')
      : say(replies.unknown);
  }

  const verbs = new Map<string, (argument: string) => Step | Promise<Step>>([
    ['EHLO', (argument) => hello(argument, true)],
    ['HELO', (argument) => hello(argument, false)],
    ['MAIL', mail],
    ['RCPT', rcpt],
    ['DATA', data],
    ['RSET', reset],
    ['NOOP', () => say(replies.ok)],
    ['QUIT', (argument) => (argument === '' ? say(replies.bye, 'close') : say(replies.noParameters))],
    ['VRFY', (argument) => say(argument === '' ? replies.vrfySyntax : replies.vrfy)],
    ['HELP', () => say(replies.help)],
    ['STARTTLS', startTls],
    ['EXPN', () => say(replies.notImplemented)],
    ['AUTH', () => say(replies.notImplemented)],
    ['BDAT', () => say(replies.notImplemented)],
  ]);

  return {
    greet: (earlyTalker) =>
      ask(
        () => session.connect({ earlyTalker }),
        (reply) => say(reply, reply.code === 220 ? 'go-on' : 'close'),
      ),

    command(line) {
      const text = decode(line);
      if (text === undefined) return say(replies.notUtf8);
      set({ commands: state.commands + 1 });
      if (state.commands > limits.maxCommands) return end(replies.tooManyCommands, 'too-many-commands');
      const space = text.indexOf(' ');
      const verb = (space === -1 ? text : text.slice(0, space)).toUpperCase();
      const handle = verbs.get(verb);
      if (handle !== undefined) return handle(space === -1 ? '' : text.slice(space + 1).trim());
      if (!httpRequest.test(text)) return unknown();
      const notHttp = () =>
        session.misused === undefined ? end(replies.http, 'http') : say(replies.unknown);
      return misused('http', notHttp);
    },

    async message(message, decided) {
      set({ transaction: 'none', smtpUtf8: false, commands: 0, unknown: 0 });
      return ask(() => session.data(message, decided), say);
    },

    secured(tls) {
      if (state.transaction !== 'none') session.reset();
      state = { ...fresh, tls, commands: state.commands, unknown: state.unknown };
    },
  };
}

function decode(line: Buffer): string | undefined {
  // Almost always, and then any decoding is the same.
  if (isAscii(line)) return line.toString('latin1');
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
}

/** What each parameter of MAIL may be (RFC 1870 §3: 1*20DIGIT; RFC 6152 §2; RFC 6531 §3.4). */
const mailParameters: Readonly<Record<string, { readonly form: RegExp; readonly fault: SmtpReply }>> = {
  SIZE: { form: /^\d{1,20}$/, fault: replies.badSize },
  BODY: { form: /^(?:7BIT|8BITMIME)$/i, fault: replies.badBody },
  SMTPUTF8: { form: /^$/, fault: replies.badUtf8 },
};

function faultOfMail({ address, parameters, doubled }: PathCommand): SmtpReply | undefined {
  if (doubled !== undefined) return replies.doubledParameter;
  for (const [keyword, value] of parameters) {
    const known = mailParameters[keyword];
    if (known === undefined) return replies.unknownParameter;
    if (!known.form.test(value)) return known.fault;
  }
  return needsUtf8(address) && !parameters.has('SMTPUTF8') ? replies.needsSmtpUtf8 : undefined;
}
