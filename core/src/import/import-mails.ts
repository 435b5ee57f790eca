/** Use case: bring the mails of an archive into the quarantine of a domain, each once, however often it is begun anew. */
import type { Verdict } from '../judge/verdict.ts';
import { sha256Hex } from '../kernel/hash.ts';
import type { HandedIn } from '../ports/handed-in.ts';
import type { FoundFile } from '../ports/mail-files.ts';
import type { HandOver } from './hand-over.ts';
import { importedMailId } from './imported-id.ts';
import { createUnderWay } from './under-way.ts';

export interface DecidableMail {
  readonly mailId: string;
  readonly raw: Uint8Array;
  /** Of its file, milliseconds since 1970. */
  readonly modifiedAt: number;
}

export interface ImportPorts {
  readonly handedIn: Pick<HandedIn, 'has'>;
  readonly handOver: Pick<HandOver, 'on'>;
  /** Resolves once the mail is in the outbox. */
  readonly decide: (mail: DecidableMail) => Promise<Verdict>;
}

export interface ImportOptions {
  readonly domainId: string;
  /** New mails after which it is enough. */
  readonly limit?: number;
}

/** How far it is; the members grow while it runs. */
export interface ImportProgress {
  /** Mails that were read. */
  readonly found: number;
  /** New ones, decided and kept on disk, by what they came to. */
  readonly held: number;
  readonly refused: number;
  /** Bytes of those. */
  readonly bytes: number;
  /** How many of those the intake has. */
  readonly handedIn: number;
  /** Mails that were imported before, or stand in this archive twice. */
  readonly known: number;
  /** Files that are something else. */
  readonly other: number;
  readonly bad: number;
  /** The first of them. */
  readonly badFiles: readonly { readonly name: string; readonly why: string }[];
}

export interface Import {
  readonly progress: ImportProgress;
  /**
   * Resolves when the intake has all new mails, or after an abort when what was begun is on disk. Rejects where nothing can be
   * kept any more, or the intake will not have what was decided.
   */
  run(files: AsyncIterable<FoundFile>, signal: AbortSignal): Promise<void>;
}

/** The intake has refused a decision for good, and no later one of this edge can follow it. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
  readonly reason: string;
  constructor(reason: string) {
    super(`The intake refused a decision (${reason}).`);
    this.reason = reason;
  }
}

const listedBadFiles = 20;
/** Mails that are decided at the same time. */
const parallel = 32;
/** Failures one after the other that are no longer the fault of a mail. */
const maxFailures = 20;

export function createImport(ports: ImportPorts, { domainId, limit = Infinity }: ImportOptions): Import {
  const badFiles: { readonly name: string; readonly why: string }[] = [];
  const counts = { found: 0, held: 0, refused: 0, bytes: 0, handedIn: 0, known: 0, other: 0, bad: 0 };
  const progress = Object.assign(counts, { badFiles });
  const underWay = createUnderWay();
  const deciding = new Set<Promise<void>>();
  let begun = 0;
  let failures = 0;
  let fatal: { readonly error: unknown } | undefined;

  ports.handOver.on({
    taken(mailIds) {
      for (const mailId of mailIds) if (underWay.leave(mailId)) counts.handedIn += 1;
      underWay.wake();
    },
    parked(_mailIds, reason) {
      fatal ??= { error: new ImportRefused(reason) };
      underWay.wake();
    },
  });

  function noteBad(name: string, why: string): void {
    counts.bad += 1;
    if (badFiles.length < listedBadFiles) badFiles.push({ name, why });
  }

  async function decide(name: string, mail: DecidableMail): Promise<void> {
    try {
      const verdict = await ports.decide(mail);
      failures = 0;
      counts[verdict === 'reject' ? 'refused' : 'held'] += 1;
      counts.bytes += mail.raw.length;
    } catch (error) {
      failures += 1;
      underWay.leave(mail.mailId);
      noteBad(name, `it could not be kept (${String(error).slice(0, 200)})`);
      if (failures >= maxFailures) fatal ??= { error };
    }
  }

  function begin(name: string, mail: DecidableMail): void {
    begun += 1;
    underWay.enter(mail.mailId, mail.raw.length);
    const decided = decide(name, mail).then(() => {
      deciding.delete(decided);
      underWay.wake();
    });
    deciding.add(decided);
  }

  async function takeMail(file: FoundFile & { readonly kind: 'mail' }, signal: AbortSignal): Promise<void> {
    const { name, raw, modifiedAt } = file;
    counts.found += 1;
    const mailId = importedMailId(domainId, sha256Hex(raw));
    if (underWay.has(mailId) || ports.handedIn.has(mailId)) {
      counts.known += 1;
      return;
    }
    const hasRoom = () =>
      fatal !== undefined || (deciding.size < parallel && underWay.hasRoomFor(raw.length));
    await underWay.until(hasRoom, signal);
    if (fatal === undefined && !signal.aborted) begin(name, { mailId, raw, modifiedAt });
  }

  return {
    progress,
    async run(files, signal) {
      for await (const file of files) {
        if (file.kind === 'mail') await takeMail(file, signal);
        else if (file.kind === 'bad') noteBad(file.name, file.why);
        else counts.other += 1;
        if (signal.aborted || fatal !== undefined || begun >= limit) break;
      }
      await Promise.all(deciding);
      await underWay.until(() => underWay.size === 0 || fatal !== undefined, signal);
      if (fatal !== undefined) throw fatal.error;
    },
  };
}
