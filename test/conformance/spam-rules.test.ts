/** SpamAssassin's rule-test messages through all our checks under the presets: the test line is refused, honest mail is not. */
import { afterAll, describe, expect, it } from 'vitest';
import { defaultGatherDeadlines, gatherPhase } from '@sluice/core/checks/gather.ts';
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import { judge } from '@sluice/core/judge/judge.ts';
import { currentEdition, presetNames, presetPolicy, type PresetName } from '@sluice/core/policy/presets.ts';
import { createDeadline } from '@sluice/dns';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { asReceived, corpusMissing, readSuite, type CorpusFile } from '../support/corpus.ts';
import { createZoneResolver } from '../support/zone-resolver.ts';

const files = corpusMissing
  ? []
  : [...readSuite('spam-rules')].map((file) => ({ ...file, name: nameOf(file) }));
const honest = files.filter(({ path }) => /\/data\/nice\//.test(path) || path.endsWith('sample-nonspam.txt'));
const withTestLine = files.filter(({ path }) => path.endsWith('/spam/gtube.eml'));

function nameOf({ path }: CorpusFile): string {
  return path.slice(path.indexOf('/data/') + 1);
}

/** Honest mails that are refused all the same, with the reason. May only become fewer. */
const refused: Readonly<Record<string, string>> = {};

describe.skipIf(corpusMissing)("SpamAssassin's rule-test messages (need the test corpus)", () => {
  const inspector = createMessageInspector();
  afterAll(() => inspector.close());

  it('are there', () => {
    expect(withTestLine).toHaveLength(1);
    expect(honest.length).toBeGreaterThan(10);
  });

  it.each(presetNames)('the test line is refused under the preset %s', async (preset) => {
    for (const { bytes } of withTestLine) {
      expect(await judged(bytes, preset)).toMatchObject({ verdict: 'reject' });
    }
  });

  it.each(honest)(
    '$name is not refused under the presets that honest mail may meet',
    async ({ name, bytes }) => {
      for (const preset of ['relaxed', 'balanced'] as const) {
        const { verdict, reason, failed } = await judged(bytes, preset);
        expect(verdict === 'reject', `${preset}: ${reason}: ${failed.join(' ')}`).toBe(name in refused);
      }
    },
  );

  /** DNS knows nothing of anybody; the client is a stranger, today's mail is from the day of its Date. */
  async function judged(bytes: Uint8Array, preset: PresetName) {
    const raw = asReceived(bytes);
    const resolver = createZoneResolver({});
    const envelope = {
      ip: '203.0.113.77',
      helo: 'mail.sender.example',
      sender: 'somebody@sender.example',
      recipients: ['bob@here.test'],
    };
    const policy = { revision: 1, ...presetPolicy(preset, currentEdition), lists: [], serviceLists: [] };
    const receivedAt = dateOf(raw);
    const observed = createObservations({
      envelope,
      raw,
      ports: { resolver, authenticator: createMailAuthenticator(resolver), inspector, scanner: undefined },
      deadlines: defaultObservationDeadlines,
      textLimit: 1_000,
      content: true,
    });
    const gathered = await gatherPhase({
      phases: ['data'],
      policy,
      envelope,
      receivedAt,
      observed,
      resolver,
      deadline: createDeadline(),
      deadlines: defaultGatherDeadlines,
    });
    const { verdict, reason, recipients } = judge({ envelope, receivedAt, ...gathered }, policy);
    const failed = recipients.flatMap(({ findings }) =>
      findings
        .filter(({ result }) => result === 'fail')
        .map(({ check, sentence }) => `${check}: ${sentence}`),
    );
    return { verdict, reason, failed };
  }
});

function dateOf(raw: Uint8Array): string {
  const written = /^Date: *(.*)$/im.exec(Buffer.from(raw).toString('latin1'))?.[1] ?? '';
  const at = Date.parse(written.replace(/\(.*\)/, '').trim());
  return new Date(Number.isNaN(at) ? '2026-11-22T12:00:00Z' : at).toISOString();
}
