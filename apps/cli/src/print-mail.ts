/** One mail explained on a terminal: the verdict in a sentence, then every check, then what happened. */
import { wordOf } from './verdict-words.ts';
import { printThing, safeText } from './output.ts';

interface FindingLine {
  readonly check: string;
  readonly result: string;
  readonly mode: string;
  readonly score: number;
  readonly sentence: string;
  readonly decisive?: boolean;
  /** Entry, record or zone that it rests on. */
  readonly grounds: readonly string[];
}

export interface JudgedRecipient {
  readonly recipient: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly findings: readonly FindingLine[];
  readonly wouldChange: readonly { readonly sentence: string }[];
}

interface ShownMail {
  readonly id: string;
  readonly domain: string;
  readonly receivedAt: string;
  readonly reply: string;
  readonly size: number;
  readonly policyRevision: number;
  /** Of the operator's lists. */
  readonly serviceRevision?: number | undefined;
  readonly agrees: boolean;
  readonly delivery: string;
  readonly envelope: {
    readonly ip: string;
    readonly helo: string;
    readonly sender: string;
    readonly imported?: true;
  };
  readonly summary: {
    readonly subject: string;
    readonly from: string;
    readonly attachmentNames: readonly string[];
  };
  readonly recipients: readonly JudgedRecipient[];
  readonly leftOut: readonly string[];
  readonly notInstalled: readonly string[];
  readonly timeline: readonly {
    readonly at: string;
    readonly type: string;
    readonly actor: { readonly kind: string; readonly id: string };
  }[];
}

const ofService = ({ serviceRevision }: Pick<ShownMail, 'serviceRevision'>): string =>
  serviceRevision === undefined ? '' : `; lists of the service, revision ${serviceRevision}`;

/** `differences`: settings that are different now. */
export function printMail(mail: ShownMail, differences: readonly { readonly sentence: string }[] = []): void {
  const { envelope, summary } = mail;
  printThing(
    mail,
    [
      ['mail', mail.id],
      ['received', `${mail.receivedAt} from ${envelope.ip} (${envelope.helo})`],
      ['sender', envelope.sender || '<>'],
      ['from', summary.from],
      ['subject', summary.subject],
      ['attachments', summary.attachmentNames.join(', ')],
      ['size', `${mail.size} bytes`],
      ['sender was told', envelope.imported === true ? 'nothing: the mail is from an archive' : mail.reply],
      ['policy', `${mail.domain}, revision ${mail.policyRevision}${ofService(mail)}`],
      ['delivery', mail.delivery],
      ['replay', mail.agrees ? '' : 'judging the recorded facts again comes to another verdict'],
    ],
    { json: false },
  );
  printJudgement(mail.recipients);
  printNotMade(mail);
  if (differences.length > 0) {
    console.log('\nSettings, then and now');
    for (const { sentence } of differences) console.log(`  ${safeText(sentence)}`);
  }
  console.log('\nTimeline');
  for (const { at, type, actor } of mail.timeline)
    console.log(`  ${at}  ${type}  ${actor.kind} ${safeText(actor.id)}`);
}

function printNotMade({ leftOut, notInstalled, envelope }: ShownMail): void {
  if (leftOut.length > 0) {
    const why =
      envelope.imported === true
        ? 'Not made for an imported mail'
        : 'Not made, since nothing they could find would change the verdict';
    console.log(`\n${why}: ${leftOut.join(', ')}`);
  }
  if (notInstalled.length > 0) {
    console.log(`\nTook part then, and is not installed here: ${safeText(notInstalled.join(', '))}`);
  }
}

/** Each recipient with the findings of every check, what decided being marked; then what would have changed it. */
export function printJudgement(recipients: readonly JudgedRecipient[]): void {
  for (const { recipient, sentence, findings, wouldChange } of recipients) {
    console.log(`\n${safeText(recipient)}\n  ${safeText(sentence)}`);
    for (const finding of findings) {
      const points = finding.score > 0 ? ` +${finding.score}` : '';
      const mark = finding.decisive === true ? '→' : ' ';
      const result = `${wordOf(finding.result)}${points}${finding.mode === 'observe' ? ' (observed)' : ''}`;
      console.log(`  ${mark} ${finding.check.padEnd(16)} ${result.padEnd(16)} ${safeText(finding.sentence)}`);
      if (finding.decisive === true || finding.score !== 0) printGrounds(finding);
    }
    if (wouldChange.length > 0) console.log('  What would have changed it');
    for (const one of wouldChange) console.log(`    ${safeText(one.sentence)}`);
  }
}

function printGrounds({ grounds }: FindingLine): void {
  for (const one of grounds) console.log(`${' '.repeat(38)}by ${safeText(one)}`);
}
