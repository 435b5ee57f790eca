/** An edge that is killed in every phase, under load: nothing that was promised is lost, and nothing comes twice without need. */
import { rmSync } from 'node:fs';
import { emptyChain, followChain, linkOf } from '@sluice/core/kernel/chain.ts';
import { expect, it } from 'vitest';
import { benchDomain, prepareFolder } from '../bench/support/mx.ts';
import { eventually } from '../contracts/support/eventually.ts';
import { freePort } from '../contracts/support/free-port.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { check } from './support/edge.ts';
import { type MxProcess, startMxProcess, startTestIntake } from './support/mx-process.ts';
import { SmtpClient } from './support/smtp-client.ts';

const rounds = Number(process.env['SLUICE_TEST_KILL_ROUNDS'] ?? 10);
const phases = ['mid-DATA', 'before the reply', 'after the reply', 'mid-delivery', 'mid-shipping'] as const;
const senders = 6;

const subjectOf = (raw: Uint8Array): string =>
  /^Subject: (.*)\r$/m.exec(Buffer.from(raw).toString('latin1'))?.[1] ?? '';

const content = (subject: string): string =>
  `From: a@example.org\r\nSubject: ${subject}\r\n\r\n${'text '.repeat(50)}\r\n`;

it(
  `kill -9 in ${phases.length} phases, ${rounds} rounds`,
  async () => {
    const intake = await startTestIntake();
    let onDelivery = (): void => undefined;
    /** When the sink took each mail, by subject. */
    const deliveries = new Map<string, number[]>();
    const sink = await startSmtpSink({
      onData(mail) {
        onDelivery();
        const subject = subjectOf(mail.raw);
        deliveries.set(subject, [...(deliveries.get(subject) ?? []), performance.now()]);
        return undefined;
      },
    });
    const policy = {
      checks: { 'sender-list': check('reject') },
      lists: [{ action: 'block' as const, pattern: 'evil@example.org', authenticated: false }],
    };
    const route = [{ host: '127.0.0.1', port: sink.port, tls: 'none' as const }];
    const folder = prepareFolder({ route, policy });
    const port = await freePort();
    const start = (): Promise<MxProcess> => startMxProcess({ folder, port, intakeUrl: intake.url });

    /** Subjects by what was answered. */
    const accepted = new Set<string>();
    const refused = new Set<string>();
    const kills: number[] = [];
    let onReply = (): void => undefined;
    let isLoading = true;
    let count = 0;

    async function sendOne(): Promise<void> {
      const isEvil = (count += 1) % 3 === 0;
      const subject = `${isEvil ? 'evil' : 'good'} ${count}`;
      const client = await SmtpClient.ready(port);
      try {
        const sender = isEvil ? 'evil@example.org' : 'good@example.org';
        const { code } = await client.send(sender, `b@${benchDomain}`, content(subject));
        if (code === 250) accepted.add(subject);
        if (code === 550) refused.add(subject);
        onReply();
      } finally {
        client.close();
      }
    }

    /** Until told to stop; an edge that is away is tried again. */
    async function load(): Promise<void> {
      while (isLoading) {
        await sendOne().catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
      }
    }

    /** Resolves at the moment for killing. */
    async function moment(phase: (typeof phases)[number]): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (phase === 'mid-delivery') onDelivery = resolve;
      else if (phase === 'mid-shipping') intake.onBatch = resolve;
      else if (phase === 'after the reply') onReply = resolve;
      else {
        const client = await SmtpClient.ready(port);
        await client.begin('good@example.org', `b@${benchDomain}`);
        client.write(phase === 'mid-DATA' ? 'Subject: half\r\n\r\nhal' : `${content('unanswered')}.\r\n`);
        resolve();
      }
      await promise;
      onDelivery = onReply = intake.onBatch = () => undefined;
    }

    let mx = await start();
    try {
      const loads = Array.from({ length: senders }, load);
      for (let round = 0; round < rounds; round += 1) {
        // Something of everything is under way.
        const before = count;
        await eventually('load', () => count > before + 2 * senders);
        await moment(phases[round % phases.length]!);
        await mx.kill();
        kills.push(performance.now());
        mx = await start();
      }
      isLoading = false;
      await Promise.all(loads);

      const shipped = () =>
        new Set(intake.items.filter(({ body }) => body !== undefined).map(({ body }) => subjectOf(body!)));
      await eventually(
        'every accepted mail delivered and every refused one shipped',
        () => [...accepted].every((one) => deliveries.has(one)) && refused.isSubsetOf(shipped()),
        60_000,
      );
      expect(accepted.size).toBeGreaterThan(rounds);
      expect(refused.size).toBeGreaterThan(rounds);

      // Twice only where the edge died between the route's reply and its own record of it.
      const avoidable = [...deliveries].filter(
        ([, times]) =>
          times.length > 1 && !kills.some((kill) => kill - times[0]! < 1_000 && kill > times[0]! - 50),
      );
      expect(avoidable).toEqual([]);

      // SIGTERM ends it cleanly; what was decided is one chain, whole and in order, in what was handed over.
      expect(await mx.stop()).toBe(0);
      mx = await start();
      await eventually(
        'all decisions shipped',
        () => decisions().length >= accepted.size + refused.size,
        30_000,
      );
      let head = emptyChain;
      for (const { event } of decisions()) {
        const link = linkOf(event.data)!;
        const next = followChain(head, link, event);
        if ('code' in next) throw new Error(`the chain is broken: ${JSON.stringify(next)}`);
        head = next;
      }
      expect(deliveries.has('half')).toBe(false);
    } finally {
      isLoading = false;
      await mx.kill();
      await sink.close();
      intake.close();
      rmSync(folder, { recursive: true, force: true });
    }

    /** Each once, in the order of the outbox. */
    function decisions() {
      const bySeq = new Map(
        intake.items.filter(({ kind }) => kind === 'decision').map((item) => [item.seq, item]),
      );
      return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
    }
  },
  60_000 + rounds * 10_000,
);
