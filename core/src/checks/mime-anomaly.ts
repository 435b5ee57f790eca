/** Check 36: mail that is built to be misread, or to choke whoever unpacks it (RFC 2045 to 2047, RFC 2231). */
import { z } from 'zod';
import type { MessagePart, MimeAnomaly } from '../ports/message-inspector.ts';
import { defineCheck, observed } from './check.ts';

const anomalies = [
  'too-deep',
  'too-many-parts',
  'too-many-headers',
  'bad-encoding',
  'missing-boundary',
  'archive-damaged',
  'archive-too-large',
  'archive-too-deep',
] as const satisfies readonly MimeAnomaly[];

interface MimeFact {
  readonly parts: number;
  /** Levels of parts within parts. */
  readonly depth: number;
  /** How many times larger the fullest archive is unpacked, in whole numbers; left out below 10. */
  readonly ratio?: number;
  readonly anomalies?: readonly MimeAnomaly[];
  /** Name of the first locked archive or document. */
  readonly locked?: string;
}

export const mimeAnomaly = defineCheck({
  number: 36,
  name: 'mime-anomaly',
  phase: 'data',
  standing: 'ordinary',
  title: 'Broken or hostile structure',
  help: 'Mail that is built so that scanners and mail programs read it differently, archives that would fill a disk when unpacked, and if you wish archives locked with a password.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    anomalies: z
      .array(z.enum(anomalies))
      .default(['too-deep', 'too-many-parts', 'too-many-headers', 'archive-too-large', 'archive-too-deep'])
      .describe(
        'What counts; bad-encoding, missing-boundary and archive-damaged also happen to honest mail from old programs',
      ),
    maxParts: z
      .number()
      .int()
      .min(10)
      .max(1000)
      .default(500)
      .describe('Parts and files that a mail may have'),
    maxDepth: z.number().int().min(2).max(20).default(12).describe('Levels of parts within parts'),
    maxRatio: z
      .number()
      .int()
      .min(10)
      .max(10_000)
      .default(200)
      .describe('How many times larger an archive may be when unpacked'),
    lockedArchives: z
      .boolean()
      .default(false)
      .describe('Count archives locked with a password, into which nobody can look'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 5 },
    balanced: { mode: 'score', weight: 8 },
    strict: {
      mode: 'reject',
      settings: {
        anomalies: [
          'too-deep',
          'too-many-parts',
          'too-many-headers',
          'missing-boundary',
          'archive-damaged',
          'archive-too-large',
          'archive-too-deep',
        ],
        lockedArchives: true,
      },
    },
  },
  reasons: {
    'mime-broken': {
      title: 'Broken structure',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: the structure of the message is broken (MIME)',
    },
    'mime-bomb': {
      title: 'Built to overload',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: the message unpacks to more than can be looked at',
    },
    'archive-locked': {
      title: 'Archive that nobody can look into',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message has an archive locked with a password',
    },
  },
  async gather({ observed: mail }) {
    const message = await mail.message();
    const ratio = fullest(message.parts);
    const locked = message.parts.find(({ encrypted }) => encrypted);
    return observed({
      parts: message.parts.length,
      depth: depthOf(message.structure, message.parts),
      ...(ratio < 10 ? {} : { ratio }),
      ...(message.anomalies.length === 0 ? {} : { anomalies: message.anomalies }),
      ...(locked === undefined ? {} : { locked: (locked.name ?? locked.path).slice(-200) }),
    });
  },
  judge(fact: MimeFact, settings) {
    const { maxParts, maxDepth, maxRatio } = settings;
    if (fact.ratio !== undefined && fact.ratio > maxRatio) {
      return bomb(`An archive is ${fact.ratio} times larger when unpacked, more than ${maxRatio}.`);
    }
    if (fact.parts > maxParts)
      return bomb(`The mail has ${fact.parts} parts and files, more than ${maxParts}.`);
    if (fact.depth > maxDepth) {
      return bomb(`Parts lie within parts to a depth of ${fact.depth}, more than ${maxDepth}.`);
    }
    const counted = (fact.anomalies ?? []).filter((one) => settings.anomalies.includes(one));
    const [worst] = counted.toSorted((a, b) => Number(bombs.has(b)) - Number(bombs.has(a)));
    if (worst !== undefined) {
      const sentence = `The mail is not built as it should be: ${counted.map((one) => words[one]).join(', ')}.`;
      return { result: 'fail', reason: bombs.has(worst) ? 'mime-bomb' : 'mime-broken', sentence };
    }
    if (fact.locked !== undefined && settings.lockedArchives) {
      return {
        result: 'fail',
        reason: 'archive-locked',
        sentence: `“${fact.locked}” is locked with a password.`,
      };
    }
    return { result: 'pass', sentence: 'The structure of the mail is in order.' };
  },
});

const bomb = (sentence: string) => ({ result: 'fail', reason: 'mime-bomb', sentence }) as const;

const bombs: ReadonlySet<MimeAnomaly> = new Set([
  'too-deep',
  'too-many-parts',
  'archive-too-large',
  'archive-too-deep',
]);

const words: Readonly<Record<MimeAnomaly, string>> = {
  'too-deep': 'parts within parts without end',
  'too-many-parts': 'more parts than anybody looks at',
  'too-many-headers': 'more header fields than anybody looks at',
  'bad-encoding': 'content that is not encoded as it says',
  'missing-boundary': 'parts that are not set off as it says',
  'archive-damaged': 'a damaged archive',
  'archive-too-large': 'an archive too large to unpack',
  'archive-too-deep': 'archives within archives without end',
};

/** What lies in the archives within an archive counts for the outermost, too. */
function fullest(parts: readonly MessagePart[]): number {
  const packed = new Map<string, number>();
  const inside = new Map<string, number>();
  for (const { path, size } of parts) {
    const slash = path.indexOf('/');
    if (slash < 0) packed.set(path, size);
    else inside.set(path.slice(0, slash), (inside.get(path.slice(0, slash)) ?? 0) + size);
  }
  const ratios = [...inside].map(([path, size]) => size / Math.max(1, packed.get(path) ?? size));
  return Math.floor(Math.max(0, ...ratios));
}

/** By the tree of types, and by the paths of the parts where that is cut. */
function depthOf(structure: string, parts: readonly MessagePart[]): number {
  let depth = 0;
  let deepest = 0;
  for (const character of structure) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return parts.reduce(
    (most, { path }) => Math.max(most, path.split('/')[0]?.split('.').length ?? 0),
    deepest,
  );
}
