/** Check 37: attached files that can do harm, by declared name and by what they are, inside archives too. */
import { z } from 'zod';
import type { MessagePart } from '../ports/message-inspector.ts';
import { defineCheck, observed } from './check.ts';
import { disguiseOf, extensionOf, macroExtensions, runnableExtensions } from './file-names.ts';

/** A file of the mail: as much of a part as is needed to judge it. */
interface AttachedFile {
  readonly path: string;
  /** '' if it has none. */
  readonly name: string;
  /** What a mail program might call it instead; left out if nothing. */
  readonly otherNames?: readonly string[];
  readonly type: string;
  /** By its first bytes; '' if unknown. */
  readonly sniffed: string;
  readonly encrypted: boolean;
  readonly hasMacros?: true;
}

interface AttachmentFact {
  readonly files: readonly AttachedFile[];
}

/** Media types of programs, as declared or as sniffed. */
const runnableTypes = [
  'application/x-msdownload',
  'application/x-dosexec',
  'application/vnd.microsoft.portable-executable',
  'application/x-msi',
  'application/x-ms-shortcut',
  'application/x.ms.shortcut',
  'application/x-elf',
  'application/x-executable',
  'application/x-mach-binary',
  'application/java-archive',
  'application/hta',
  'application/x-mswinurl',
];

const extension = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^\.?[^\s./\\]{1,30}$/, { message: 'Write a file extension such as exe.' })
  .transform((text) => text.replace(/^\./, ''));

const mediaType = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s/]+\/[^\s/]+$/, { message: 'Write a media type such as application/x-msdownload.' });

type Settings = {
  readonly extensions: readonly string[];
  readonly types: readonly string[];
  readonly doubleExtensions: boolean;
  readonly insideArchives: boolean;
  readonly macros: 'allow' | 'found' | 'possible';
  readonly encryptedArchives: boolean;
};

type Reason = 'attachment-denied' | 'attachment-disguised' | 'attachment-macro' | 'attachment-locked';

interface Fault {
  readonly reason: Reason;
  readonly words: string;
}

export const attachment = defineCheck({
  number: 37,
  name: 'attachment',
  phase: 'data',
  standing: 'ordinary',
  title: 'Dangerous attachments',
  help: 'Refuses mail with files that run when opened: programs, scripts, disk images, and if you wish Office files with macros and locked archives. Looks at names, at what the files really are, and into archives.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    extensions: z
      .array(extension)
      .max(500)
      .default([...runnableExtensions])
      .describe('File extensions that are refused'),
    types: z
      .array(mediaType)
      .max(200)
      .default(runnableTypes)
      .describe('Media types that are refused, as declared or as found by looking at the file'),
    doubleExtensions: z
      .boolean()
      .default(true)
      .describe('Refuse names that hide a program, such as invoice.pdf.exe'),
    insideArchives: z.boolean().default(true).describe('Look at the files inside archives too'),
    macros: z
      .enum(['allow', 'found', 'possible'])
      .default('allow')
      .describe(
        'Office macros: found: refuse files that hold them; possible: also old formats (doc, xls, ppt) in which they cannot be ruled out',
      ),
    encryptedArchives: z
      .boolean()
      .default(false)
      .describe('Refuse archives locked with a password, into which nobody can look'),
  }),
  presets: {
    relaxed: { mode: 'reject' },
    balanced: { mode: 'reject' },
    strict: { mode: 'reject', settings: { macros: 'found', encryptedArchives: true } },
  },
  reasons: {
    'attachment-denied': {
      title: 'Attachment of a kind that is not taken',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message has an attachment of a kind that the recipient does not take',
    },
    'attachment-disguised': {
      title: 'Disguised attachment',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name of an attachment hides what the file is',
    },
    'attachment-macro': {
      title: 'Document with macros',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message has a document with macros',
    },
    'attachment-locked': {
      title: 'Archive locked with a password',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message has an archive locked with a password',
    },
  },
  async gather({ observed: mail }) {
    const { parts } = await mail.message();
    const files = parts.filter(isFile).map(toFile);
    return files.length === 0 ? { status: 'nothing' } : observed({ files });
  },
  judge({ files }: AttachmentFact, settings) {
    const looked = settings.insideArchives
      ? files
      : files.filter((file) => !isInside(file) || isMacroStore(file));
    for (const file of looked.flatMap(byEachName)) {
      const fault = faultOf(file, settings);
      if (fault !== undefined) {
        return {
          result: 'fail',
          reason: fault.reason,
          sentence: `${describe(file, files)} ${fault.words}.`,
        };
      }
    }
    const count = files.length === 1 ? 'one file' : `${files.length} files`;
    return { result: 'pass', sentence: `Nothing is wrong with the ${count} of the mail.` };
  },
});

/** Plain text and HTML without a name are the mail itself. */
const isFile = (part: MessagePart): boolean =>
  part.name !== undefined ||
  part.otherNames.length > 0 ||
  part.disposition === 'attachment' ||
  part.sniffedType !== undefined ||
  !part.type.startsWith('text/');

const toFile = (part: MessagePart): AttachedFile => ({
  path: part.path,
  name: shortened(part.name ?? ''),
  ...(part.otherNames.length === 0 ? {} : { otherNames: part.otherNames.map(shortened) }),
  type: part.type,
  sniffed: part.sniffedType ?? '',
  encrypted: part.encrypted,
  ...(part.hasMacros && { hasMacros: true }),
});

/** The end tells what a file is. */
const shortened = (name: string): string => name.slice(-255);

/** A file counts under every name by which somebody might see it. */
const byEachName = (file: AttachedFile): readonly AttachedFile[] => [
  file,
  ...(file.otherNames ?? []).map((name) => ({ ...file, name })),
];

const isInside = (file: AttachedFile): boolean => file.path.includes('/');

/** Each rule answers with a fault or not; the first one names the finding. */
const rules: readonly ((file: AttachedFile, settings: Settings) => Fault | undefined)[] = [
  (file, { doubleExtensions }) => {
    const disguise = doubleExtensions ? disguiseOf(file.name) : undefined;
    if (disguise === undefined) return undefined;
    const words =
      disguise === 'double-extension'
        ? `hides by its name that it is a .${extensionOf(file.name)} file`
        : 'turns the letters of its name round to hide what it is';
    return { reason: 'attachment-disguised', words };
  },
  (file, { extensions }) => {
    const found = extensionOf(file.name);
    return found !== '' && extensions.includes(found)
      ? { reason: 'attachment-denied', words: `is a .${found} file, which is not taken` }
      : undefined;
  },
  (file, { types }) => {
    if (types.includes(file.sniffed)) {
      return { reason: 'attachment-denied', words: `is in truth ${file.sniffed}, which is not taken` };
    }
    return types.includes(file.type)
      ? { reason: 'attachment-denied', words: `is declared as ${file.type}, which is not taken` }
      : undefined;
  },
  (file, { macros }) => (macros === 'allow' ? undefined : macroFault(file, macros === 'possible')),
  (file, { encryptedArchives }) =>
    encryptedArchives && file.encrypted
      ? { reason: 'attachment-locked', words: 'is locked with a password' }
      : undefined,
];

function faultOf(file: AttachedFile, settings: Settings): Fault | undefined {
  for (const rule of rules) {
    const fault = rule(file, settings);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The macros of an Office Open XML file lie in `vbaProject.bin` (MS-OVBA §1.4); old ones in an OLE compound file. */
const isMacroStore = (file: AttachedFile): boolean => /(?:^|[/\\])vbaproject\.bin$/i.test(file.name);

const oleTypes = new Set(['application/x-cfb', 'application/msword', 'application/vnd.ms-office']);
const oleExtensions = new Set(['doc', 'dot', 'xls', 'xlt', 'ppt', 'pot', 'pps']);

function macroFault(file: AttachedFile, evenPossible: boolean): Fault | undefined {
  const name = extensionOf(file.name);
  if (isMacroStore(file) || file.hasMacros === true) {
    return { reason: 'attachment-macro', words: 'holds macros' };
  }
  if (macroExtensions.has(name)) {
    return { reason: 'attachment-macro', words: `is a .${name} file, which holds macros` };
  }
  const isOle = oleTypes.has(file.sniffed) || oleExtensions.has(name);
  return evenPossible && isOle
    ? { reason: 'attachment-macro', words: 'is of an old Office format, which may hold macros' }
    : undefined;
}

/** “invoice.exe in archive.zip”. */
function describe(file: AttachedFile, files: readonly AttachedFile[]): string {
  const name = file.name === '' ? `An attached file without a name (${file.path})` : `“${file.name}”`;
  const outer = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
  const archive = files.find((one) => outer !== '' && one.path === outer);
  return archive === undefined || archive.name === '' ? name : `${name} in “${archive.name}”`;
}
