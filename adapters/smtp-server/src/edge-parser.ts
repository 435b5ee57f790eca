/** What comes over one connection, taken apart into lines and messages; overrides what smtp-server calls private. */
import type { SmtpMessage } from '@sluice/core/ports/smtp-session.ts';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import type { DataReader } from './data-reader.ts';

type Callback = (error?: Error | null) => void;

/** Holds nothing of a message but its reader. */
export class EdgeParser extends SMTPStream {
  reader: DataReader | undefined;
  onmessage: (message: SmtpMessage, goOn: () => void) => void = () => undefined;
  /** All of a chunk is dealt with: the replies to a pipelined group go out in one write. */
  onchunk: (goOn: () => void) => void = (goOn) => goOn();

  readMessage(reader: DataReader): void {
    this.reader = reader;
    this._dataMode = true;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding | 'buffer', next: Callback): void {
    super._write(chunk, encoding, (error) => this.onchunk(() => next(error)));
  }

  override _feedDataStream(chunk: Buffer, done: Callback): void {
    const { reader } = this;
    const rest = reader?.push(chunk);
    if (reader === undefined || rest === undefined) return done();
    this.reader = undefined;
    this._dataMode = false;
    this._remainder = '';
    this.onmessage(reader.finish(), () => this._write(rest, 'buffer', done));
  }

  /** A last line without its end is no command. */
  override _flushData(): void {}
}
