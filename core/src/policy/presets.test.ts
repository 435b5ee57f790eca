/** What the presets do: they are complete, grow sterner in order, and do not refuse the mail of a fresh installation. */
import { describe, expect, it } from 'vitest';
import { envelopeOf, messageOf, resolverOf } from '../checks/check-specification.ts';
import { createObservations, defaultObservationDeadlines } from '../checks/observations.ts';
import { defaultGatherDeadlines, gatherPhase } from '../checks/gather.ts';
import { allChecks, allReasons, checkNamed, replyFor } from '../checks/registry.ts';
import { judge } from '../judge/judge.ts';
import { ok } from '../kernel/result.ts';
import type { DkimSignature } from '../ports/mail-authenticator.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { ScanResult } from '../ports/virus-scanner.ts';
import type { Policy } from './policy.ts';
import { currentEdition, presetNames, presetPolicy, type PresetName } from './presets.ts';

const policyNamed = (name: PresetName): Policy => ({
  revision: 0,
  ...presetPolicy(name, currentEdition),
  lists: [],
  serviceLists: [],
});

const domainChecks = allChecks.filter(({ scope }) => scope !== 'service');

describe.each(presetNames)('the preset %s', (name) => {
  const { checks, thresholds } = presetPolicy(name, currentEdition);

  it.each(domainChecks.map((check) => [check.name, check] as const))(
    'sets %s as that check allows',
    (_name, check) => {
      const policy = checks[check.name];
      expect(check.modes).toContain(policy?.mode);
      expect(check.settings.safeParse(policy?.settings).success).toBe(true);
      expect(policy?.weight).toBeGreaterThan(0);
    },
  );

  it('leaves to the operator what is for all domains', () => {
    expect(Object.keys(checks)).toEqual(domainChecks.map((check) => check.name));
  });

  it('has thresholds in order', () => {
    expect(thresholds.tag).toBeLessThanOrEqual(thresholds.hold);
    expect(thresholds.hold).toBeLessThanOrEqual(thresholds.reject);
  });

  it('refuses viruses', () => {
    expect(checks['virus']).toMatchObject({ mode: 'reject', onError: 'defer' });
  });
});

describe('the presets together', () => {
  it('grow sterner: thresholds never rise from relaxed to balanced to strict', () => {
    const rows = presetNames.map((name) => presetPolicy(name, currentEdition).thresholds);
    for (const key of ['tag', 'hold', 'reject'] as const) {
      const values = rows.map((row) => row[key]);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
    }
  });
});

describe('the list of checks', () => {
  it('has unique names and numbers, in the order of the published table', () => {
    const numbers = allChecks.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(new Set(allChecks.map((check) => check.name)).size).toBe(allChecks.length);
    for (const check of allChecks) expect(checkNamed(check.name)).toBe(check);
  });

  it('has settings that are complete by default', () => {
    for (const check of allChecks) expect(check.settings.safeParse({}).success).toBe(true);
  });

  it('has a refusal with a code of the same class for every reason of its own', () => {
    for (const { reasons } of allChecks) {
      for (const [reason, reply] of Object.entries(reasons)) {
        expect(String(reply.code)[0]).toBe(reply.enhanced[0]);
        expect(replyFor(reason)).toBe(allReasons[reason]);
      }
    }
  });

  it('answers an unknown reason as a local error', () => {
    expect(replyFor('from-another-version')).toMatchObject({ code: 451 });
  });
});

interface World {
  readonly ip?: string;
  readonly isDnsDead?: boolean;
  readonly message?: Partial<InspectedMessage>;
  readonly dkim?: readonly DkimSignature[];
  /** The DMARC record of the author. */
  readonly dmarc?: string;
  readonly scan?: ScanResult;
}

/** A mail from one world, judged under a preset as the edge does it. */
async function verdictOf(preset: PresetName, { ip = '127.0.0.1', isDnsDead = true, ...world }: World = {}) {
  const published = world.dmarc === undefined ? {} : { 'TXT _dmarc.sender.example': [world.dmarc] };
  const silent = { status: 'failed' as const, message: 'no name server' };
  const resolver: Resolver = {
    resolve: (name, type, limits) =>
      `${type} ${name}` in published
        ? resolverOf(published).resolve(name, type, limits)
        : Promise.resolve(silent),
  };
  const envelope = envelopeOf({ ip, helo: 'client.example' });
  const dead = isDnsDead ? ('temperror' as const) : ('none' as const);
  const observed = createObservations({
    envelope,
    raw: new Uint8Array(1),
    textLimit: 100,
    deadlines: defaultObservationDeadlines,
    ports: {
      resolver,
      authenticator: {
        spf: async () => ({ result: dead, domain: 'sender.example' }),
        dkim: async () => world.dkim ?? [],
        arc: async () => ({ result: 'none', sets: [] }),
      },
      inspector: { inspect: async () => ok(messageOf(world.message)) },
      scanner: world.scan === undefined ? undefined : { scan: async () => world.scan! },
    },
  });
  const receivedAt = '2026-11-22T12:00:00.000Z';
  const policy = policyNamed(preset);
  const facts = await gatherPhase({
    phases: ['connect', 'helo', 'mail', 'rcpt', 'data'],
    policy,
    envelope,
    receivedAt,
    observed,
    resolver,
    deadline: { within: async (promise) => ({ ok: true, value: await promise }) },
    deadlines: defaultGatherDeadlines,
  });
  return judge({ envelope, receivedAt, ...facts }, policy);
}

describe('a fresh installation without DNS and without a scanner', () => {
  it.each(presetNames)('accepts an ordinary mail from this machine under %s', async (preset) => {
    expect(await verdictOf(preset)).toMatchObject({ verdict: 'accept', reason: 'clean', score: 0 });
  });

  it.each(presetNames)('accepts an ordinary mail from outside under %s', async (preset) => {
    expect(await verdictOf(preset, { ip: '203.0.113.9' })).toMatchObject({ verdict: 'accept' });
  });

  it('accepts a signed mail whose key cannot be asked for', async () => {
    const dkim = [
      { result: 'temperror' as const, domain: 'sender.example', selector: 's', algorithm: 'rsa-sha256' },
    ];
    expect(await verdictOf('balanced', { dkim })).toMatchObject({ verdict: 'accept' });
  });

  it.each(presetNames)('refuses a program under %s all the same', async (preset) => {
    const program = {
      path: '1.2',
      type: 'application/octet-stream',
      sniffedType: 'application/x-msdownload',
      name: 'setup.exe',
      otherNames: [],
      disposition: 'attachment' as const,
      size: 10,
      encrypted: false,
    };
    expect(await verdictOf(preset, { message: { parts: [program] } })).toMatchObject({
      verdict: 'reject',
      reason: 'attachment-denied',
    });
  });
});

describe('the preset balanced', () => {
  const published = 'v=DMARC1; p=reject';

  it('refuses an unproven mail of a domain that asks for it', async () => {
    expect(
      await verdictOf('balanced', { ip: '203.0.113.9', isDnsDead: false, dmarc: published }),
    ).toMatchObject({ verdict: 'reject', reason: 'dmarc-fail' });
  });

  it('refuses a virus, and defers while the scanner is out of order', async () => {
    const infected = { status: 'infected', signature: 'Eicar', engine: 'test' } as const;
    expect(await verdictOf('balanced', { scan: infected })).toMatchObject({
      verdict: 'reject',
      reason: 'virus-found',
    });
    expect(await verdictOf('balanced', { scan: { status: 'error', message: 'down' } })).toMatchObject({
      verdict: 'defer',
      reason: 'check-error',
    });
  });

  it('still accepts a mail without a date from a client with half a name', async () => {
    const headers = [{ name: 'From', value: 'alice@sender.example' }];
    expect(await verdictOf('balanced', { message: { headers } })).toMatchObject({
      verdict: 'accept',
      score: 2,
    });
  });
});
