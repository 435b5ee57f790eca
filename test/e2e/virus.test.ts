/** A virus never gets past: found by a real clamd within an attachment, refused, kept, and released by nobody unaware. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clamdMissing, eicar, startClamd, type TestClamd } from '../contracts/support/clamd.ts';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { removeDataDir, startInstance, type TestInstance } from './support/instance.ts';

const withAttachment = (content: Buffer): Buffer =>
  Buffer.from(
    [
      'From: friend@good.example',
      'To: you@demo.test',
      'Subject: The file you wanted',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'Here it is.',
      '--b',
      'Content-Type: text/plain; name=notes.txt',
      'Content-Disposition: attachment; filename=notes.txt',
      'Content-Transfer-Encoding: base64',
      '',
      content.toString('base64'),
      '--b--',
      '',
    ].join('\r\n'),
  );

describe.skipIf(clamdMissing)(`viruses${clamdMissing ? ' (skipped: needs clamd)' : ''}`, () => {
  let clamd: TestClamd;
  let instance: TestInstance;
  const send = async (content: Buffer) =>
    (
      await sendMail({
        port: instance.ports.smtp,
        from: 'friend@good.example',
        to: ['you@demo.test'],
        raw: withAttachment(content),
      })
    ).final;

  beforeAll(async () => {
    clamd = await startClamd();
    instance = await startInstance({ environment: { SLUICE_CLAMD_URL: clamd.tcpUrl } });
  });
  afterAll(async () => {
    await instance.stop();
    await clamd.stop();
    await removeDataDir(instance.dataDir);
  });

  it('are refused whatever the lists say, and the check says what was found', async () => {
    await instance.sluice('domain', 'allow', 'demo.test', 'good.example');
    const reply = await send(eicar());
    expect(reply).toMatchObject({ code: 554 });
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(reply.text)?.[0] ?? '';
    const shown = await eventually('it is shown', async () => {
      const { status, json } = await instance.sluice('mail', 'show', id, '--json');
      return status === 0 && json<{ reason: string; recipients: { sentence: string }[] }>();
    });
    expect(shown.reason).toBe('virus-found');
    expect(shown.recipients[0]?.sentence).toMatch(/^Refused: ClamAV .* found Sluice\.Test\.EICAR/);
  });

  it('do not keep clean mail from being accepted', async () => {
    expect(await send(Buffer.from('nothing bad'))).toMatchObject({ code: 250 });
  });

  it('put mail off while nobody can look for them', async () => {
    clamd.signal('SIGKILL');
    const reply = await eventually('the scanner is missed', async () => {
      const answer = await send(Buffer.from('nobody looks'));
      return answer.code !== 250 && answer;
    });
    expect(reply).toMatchObject({ code: 451 });
    expect(reply.text).toMatch(/^4\.7\.1 /);
  });
});
