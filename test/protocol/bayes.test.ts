/** Learned words at a real edge: by the domain's model, by that of the service, and by those of mailboxes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countChange } from '@sluice/core/bayes/counts.ts';
import { mailboxModelId, serviceModelId } from '@sluice/core/bayes/model-id.ts';
import { tokenize, tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { contentTextLimit } from '@sluice/core/checks/observations.ts';
import type { BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import { createMessageInspector } from '@sluice/mime';
import { openBayesReplica } from '@sluice/sqlite-edge';
import { check, domainIdOf, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mailOf = (body: string): string =>
  `From: Ann <ann@example.org>\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n\r\n${body}\r\n`;
const spam = mailOf('Cheap pills and watches, order today');
const ham = mailOf('Minutes of the meeting about the garden fence');
const each = 60;

let folder: string;
let models: BayesReplica;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-words-'));
  models = openBayesReplica({ file: join(folder, 'bayes.db') });
});
afterEach(() => {
  models.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As if the feed had brought that so many mails like these were taught. */
async function taught(modelId: string, as: { readonly spam: string; readonly ham: string }): Promise<void> {
  const inspector = createMessageInspector();
  const tokensOf = async (mail: string) => {
    const reading = { textLimit: contentTextLimit, content: true, deadlineMs: 20_000 };
    const read = await inspector.inspect(Buffer.from(mail), reading);
    return read.ok ? tokenize(read.value).hashes : [];
  };
  const said = [
    { tokens: await tokensOf(as.spam), as: 'spam' as const },
    { tokens: await tokensOf(as.ham), as: 'ham' as const },
  ];
  const { tokens } = countChange(said);
  const triples = [...tokens].flatMap(([token, one]) => [token, one.spam * each, one.ham * each]);
  await models.apply({
    tokenizer: tokenizerVersion,
    models: [{ modelId, spam: each, ham: each, version: '7' }],
    counts: [{ modelId, triples }],
    next: '7',
    more: false,
  });
  await inspector.close();
}

async function edgeWith(settings: { readonly scope?: string } = {}) {
  const plain = testDomain(1, 'shop.example');
  const checks = { ...plain.policy.checks, bayes: check('reject', settings) };
  const edge = await startEdge([testDomain(1, 'shop.example', { policy: { checks } })], {
    ports: { bayes: models },
  });
  const client = await SmtpClient.ready(edge.port);
  const send = async (mail: string, ...to: readonly string[]) => {
    await client.ask('MAIL FROM:<a@b.example>');
    for (const recipient of to) await client.ask(`RCPT TO:<${recipient}>`);
    await client.ask('DATA');
    return (await client.message(mail)).text;
  };
  return { ...edge, send };
}

describe('learned words', () => {
  it('refuse what reads like the spam of the service, where the domain has taught nothing', async () => {
    await taught(serviceModelId, { spam, ham });
    const { send, decisions } = await edgeWith();
    expect(await send(spam, 'bob@shop.example')).toMatch(/^550 5\.7\.1 .*reported as unwanted/);
    expect(await send(ham, 'bob@shop.example')).toMatch(/^250 /);
    const [first] = await decisions();
    expect(first?.data.facts).toMatchObject({
      bayes: { fact: { base: { spam: each, ham: each }, model: '0/7' } },
    });
  });

  it('of a mailbox decide for it alone, where the domain lets them', async () => {
    await taught(domainIdOf(1), { spam, ham });
    await taught(mailboxModelId(domainIdOf(1), 'ann@shop.example'), { spam: ham, ham: spam });
    await taught(mailboxModelId(domainIdOf(1), 'eve@shop.example'), { spam, ham });
    const { send, decisions } = await edgeWith({ scope: 'mailbox' });
    expect(await send(spam, 'Ann@shop.example', 'bob@shop.example')).toMatch(/^250 /);
    const [split] = await decisions();
    expect(split?.data.outcomes.map(({ verdict }) => verdict)).not.toEqual(['reject', 'reject']);
    expect(split?.data.facts).toMatchObject({ bayes: { fact: { mailboxes: [{ at: 0, spam: each }] } } });
    expect(await send(spam, 'eve@shop.example')).toMatch(/^550 /);
  });

  it('of a mailbox are not asked where the domain decides for all', async () => {
    await taught(domainIdOf(1), { spam, ham });
    await taught(mailboxModelId(domainIdOf(1), 'ann@shop.example'), { spam: ham, ham: spam });
    const { send } = await edgeWith();
    expect(await send(spam, 'ann@shop.example')).toMatch(/^550 /);
  });
});
