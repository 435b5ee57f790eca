/**
 * smtp-server 3.21.6, of which only the splitting into lines, the TLS upgrade and the care for sockets are used: the
 * overrides below rest on names that the package calls private, so its version is pinned and each has a test in
 * test/protocol.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SmtpClient, SmtpMessage, SmtpReply } from '@sluice/core/ports/smtp-session.ts';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { createDataReader, type Room } from './data-reader.ts';
import { createDialogue, type Dialogue, type Step } from './dialogue.ts';
import { EdgeParser } from './edge-parser.ts';
import type { SmtpLimits, SmtpListenerOptions, TurnedAway } from './options.ts';
import { replies, writeReply } from './replies.ts';
import type { Turn, Turns } from './turns.ts';

/** What all connections of one listener share. */
export interface EdgeContext {
  readonly options: SmtpListenerOptions;
  readonly limits: SmtpLimits;
  readonly room: Room;
  readonly turns: Turns;
}

export class EdgeServer extends SMTPServer {
  readonly context: EdgeContext;
  readonly edges = new Set<EdgeConnection>();
  isDraining = false;
  #connections = 0;

  constructor(context: EdgeContext) {
    const { tls } = context.options;
    super({
      ...(tls === undefined ? {} : { key: tls.key, cert: tls.cert }),
      minVersion: 'TLSv1.2',
      disabledCommands: tls === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
      name: context.options.hostname,
      logger: false,
      disableReverseLookup: true,
      // A client may close its side after the last byte and still wait for the reply.
      allowHalfOpen: true,
      noDelay: true,
      maxCommandLength: context.limits.maxLineLength,
      socketTimeout: context.limits.idleMs,
    });
    this.context = context;
  }

  override connect(socket: Socket): void {
    const connection = new EdgeConnection(this, socket);
    this.connections.add(connection);
    this.edges.add(connection);
    connection.init();
  }

  /** Without PROXY header there is nothing to wait for. */
  override _handleProxy(
    _socket: Socket,
    callback: (error: Error | null, options?: { id: string }) => void,
  ): void {
    callback(null, { id: '' });
  }

  override onSecure(_socket: Socket, _session: unknown, callback: () => void): void {
    callback();
  }

  nextId(): string {
    this.#connections += 1;
    return String(this.#connections);
  }
}

export class EdgeConnection extends SMTPConnection {
  readonly #edge: EdgeServer;
  readonly #client: SmtpClient;
  readonly #dialogue: Dialogue;
  readonly #closeSession: () => void;
  readonly #talkedEarly: () => void;
  /** The socket on top: the TLS one from the beginning of its handshake on. */
  #top: Socket;
  #output = '';
  #earlyTalker = false;
  #held: (() => void) | undefined;
  #isWaiting = false;
  /** Of the message that is asked for, being read or decided. */
  #turn: Turn | undefined;
  #isGone = false;
  /** `performance.now()` of the connection or the last message. */
  #since = performance.now();

  constructor(server: EdgeServer, socket: Socket) {
    // A local address is of no use here, and asking the kernel for it costs each connection.
    super(server, socket, { id: server.nextId(), localAddress: '0.0.0.0', localPort: 1 });
    const { options, limits } = server.context;
    this.#edge = server;
    this.#top = socket;
    this.#client = { ip: this.remoteAddress, port: this.remotePort };
    const session = options.session(this.#client);
    this.#closeSession = () => session.close();
    this.#talkedEarly = () => session.talkedEarly?.();
    this.#dialogue = createDialogue({
      session,
      limits,
      hostname: options.hostname,
      offersTls: options.tls !== undefined,
      onError: (error) => options.onError?.(error),
    });
  }

  /** Reading a message, or deciding on one or on a command. */
  get isBusy(): boolean {
    return this.#isWaiting || (this._parser instanceof EdgeParser && this._parser.reader !== undefined);
  }

  override init(): void {
    const { limits } = this.#edge.context;
    this._setListeners(() => {
      if (this.#edge.connections.size > limits.maxConnections) {
        this.turnAway(replies.tooManyConnections, 'too-many-connections');
      } else if (limits.bannerDelayMs === 0) this.#greet();
      else setTimeout(() => this.#greet(), limits.bannerDelayMs).unref();
    });
  }

  #greet(): void {
    if (this._closing || this.#isGone) return;
    this.#perform(this.#dialogue.greet(this.#earlyTalker), () => {
      this._ready = true;
      this.#flush();
      this.#held?.();
      this.#held = undefined;
    });
  }

  override _createParser(): SMTPStream {
    const parser = new EdgeParser({ maxCommandLength: this._server.options.maxCommandLength });
    parser.oncommand = (line: Buffer, callback) => this._onCommand(line, callback);
    parser.onmessage = (message, goOn) => this.#decide(message, goOn);
    parser.onchunk = (goOn) => {
      this.#flush();
      this._whenWritable(goOn);
    };
    parser.on('error', () => this.turnAway(replies.lineTooLong, 'line-too-long'));
    // The client has closed its side and everything it said is answered.
    parser.on('finish', () => this.close());
    return parser;
  }

  override _onCommand(line: Buffer, callback?: () => void): void {
    const goOn = callback ?? (() => undefined);
    // What lies behind STARTTLS in the clear is thrown away (RFC 3207 §4.2).
    if (this._upgrading) return goOn();
    if (!this._ready) {
      this.#earlyTalker = true;
      this.#talkedEarly();
      this.#held = () => this._onCommand(line, callback);
      return;
    }
    if (this.#edge.isDraining) return this.turnAway(replies.shuttingDown);
    this.#perform(this.#dialogue.command(line), goOn);
  }

  #perform(step: Step | Promise<Step>, goOn: () => void): void {
    if (step instanceof Promise) void this.#wait(step, goOn);
    else this.#apply(step, goOn);
  }

  async #wait(step: Promise<Step>, goOn: () => void): Promise<void> {
    this.#isWaiting = true;
    // An answer that takes longer than this turn does not keep back those before it.
    if (this.#output !== '') setImmediate(() => this.#flush());
    const done = await step;
    this.#isWaiting = false;
    this.#apply(done, goOn);
  }

  #apply(step: Step, goOn: () => void): void {
    if (step.next === 'read-message') return this.#askForMessage(step, goOn);
    const { output, next, why } = step;
    this.#output += output;
    if (why !== undefined) this.#edge.context.options.onTurnedAway?.(why, this.#client);
    if (next === 'close') this.close();
    if (next === 'start-tls') {
      this.#flush();
      return this.upgrade(goOn);
    }
    goOn();
  }

  /** Says 354, as soon as it is this client's turn. */
  #askForMessage({ output }: Step, goOn: () => void): void {
    const { limits, room, turns } = this.#edge.context;
    this.#isWaiting = true;
    if (this.#output !== '') setImmediate(() => this.#flush());
    turns.ask((turn) => {
      this.#isWaiting = false;
      if (this.#isGone || !(this._parser instanceof EdgeParser)) return turn.end();
      this.#turn = turn;
      this.#output += output;
      this._parser.readMessage(createDataReader(limits.maxMessageBytes, room));
      goOn();
      this.#flush();
    });
  }

  #decide(message: SmtpMessage, goOn: () => void): void {
    const turn = this.#turn;
    turn?.arrived();
    // What only waits for the disk keeps nobody waiting: many are written down together.
    const decided = (): void => turn?.end();
    this.#perform(this.#dialogue.message(message, decided), () => {
      this.#since = performance.now();
      this.#flush();
      decided();
      if (this.#edge.isDraining) this.turnAway(replies.shuttingDown);
      goOn();
    });
  }

  #flush(): void {
    if (this.#output === '' || this._upgrading) return;
    const output = this.#output;
    this.#output = '';
    if (this._socket.writable) this._socket.write(output, 'latin1');
  }

  /** A reply that nobody asked for, and the end. */
  turnAway(reply: SmtpReply, why?: TurnedAway): void {
    if (this._closing || this.#isGone) return;
    if (why !== undefined) this.#edge.context.options.onTurnedAway?.(why, this.#client);
    if (!this._upgrading) this.#output += writeReply(reply);
    this.close();
  }

  /** Ends a connection that has been at one message for too long. */
  expire(now: number): void {
    if (now - this.#since < this.#edge.context.limits.transactionMs || this.#isWaiting) return;
    if (this._closing || this._upgrading) this.destroy();
    else this.turnAway(replies.tooSlow, 'too-slow');
  }

  /** The socket on top first: tearing a TLS handshake down from below breaks Node. */
  destroy(): void {
    this.#top.destroy();
  }

  override close(): void {
    if (this._upgrading) return this.destroy();
    this.#flush();
    super.close();
  }

  override _resetSession(): void {
    super._resetSession();
    const socket = this._socket;
    if (!(socket instanceof TLSSocket)) return;
    const protocol = socket.getProtocol() ?? 'TLS';
    this.#dialogue.secured({ protocol, cipher: socket.getCipher().standardName });
  }

  override _armTimeout(socket: Socket = this._socket): void {
    this.#top = socket;
    socket.setTimeout(this.#edge.context.limits.idleMs, () => this._onTimeout());
  }

  override _onTimeout(): void {
    if (this._closing || this._upgrading) this.destroy();
    else if (this.#isWaiting) this._armTimeout();
    else this.turnAway(replies.idle, 'idle');
  }

  override _onError(): void {
    if (this._upgrading) this.#edge.context.options.onTurnedAway?.('tls-failed', this.#client);
    this.close();
  }

  override _onClose(): void {
    if (this._parser instanceof EdgeParser) this._parser.reader?.abandon();
    super._onClose();
    this.#edge.edges.delete(this);
    if (this.#isGone) return;
    this.#isGone = true;
    this.#turn?.end();
    this.#closeSession();
  }
}
