/** What every Resolver promises: one answer per question, absence told apart from failure, and never a throw. */
import { describe, expect, it } from 'vitest';
import type { Resolver } from '@sluice/core/ports/resolver.ts';
import type { Zone } from '../support/zone-resolver.ts';

export interface OpenResolver {
  readonly resolver: Resolver;
  close(): Promise<void>;
}

const zone: Zone = {
  'host.example': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
  'mail.example': { MX: ['20 second.example', '10 first.example', '30 third.example'] },
  'none.example': { MX: ['0 .'] },
  'text.example': { TXT: ['plain', ['in ', 'two strings'], 'x'.repeat(600)] },
  '4.2.0.192.in-addr.arpa': { PTR: ['client.example', 'also.example'] },
  'below.empty.example': { A: ['192.0.2.9'] },
  'broken.example': 'SERVFAIL',
  'silent.example': 'SILENCE',
};

export function resolverContract(open: (zone: Zone) => Promise<OpenResolver>): void {
  async function ask(name: string, type: Parameters<Resolver['resolve']>[1], deadlineMs = 5_000) {
    const opened = await open(zone);
    try {
      return await opened.resolver.resolve(name, type, { deadlineMs });
    } finally {
      await opened.close();
    }
  }

  describe('resolver', () => {
    it('answers addresses of both families', async () => {
      const v4 = await ask('host.example', 'A');
      expect(v4.status === 'found' && [...v4.records].toSorted()).toEqual(['192.0.2.1', '192.0.2.2']);
      expect(await ask('host.example', 'AAAA')).toMatchObject({ status: 'found', records: ['2001:db8::1'] });
    });

    it('answers mail exchangers in order of preference', async () => {
      expect(await ask('mail.example', 'MX')).toMatchObject({
        status: 'found',
        records: ['10 first.example', '20 second.example', '30 third.example'],
      });
    });

    it('shows a null MX as the root', async () => {
      expect(await ask('none.example', 'MX')).toMatchObject({ status: 'found', records: ['0 .'] });
    });

    it('joins the strings of each text record', async () => {
      const answer = await ask('text.example', 'TXT');
      expect(answer.status === 'found' && [...answer.records].toSorted()).toEqual([
        'in two strings',
        'plain',
        'x'.repeat(600),
      ]);
    });

    it('answers reverse names without a final dot', async () => {
      const answer = await ask('4.2.0.192.in-addr.arpa', 'PTR');
      expect(answer.status === 'found' && [...answer.records].toSorted()).toEqual([
        'also.example',
        'client.example',
      ]);
    });

    it('asks without regard to case or a final dot', async () => {
      expect(await ask('HOST.Example.', 'AAAA')).toMatchObject({ status: 'found', records: ['2001:db8::1'] });
    });

    it('tells a name without such a record from a name that is not there', async () => {
      expect(await ask('host.example', 'TXT')).toEqual({ status: 'no-data' });
      expect(await ask('empty.example', 'A')).toEqual({ status: 'no-data' });
      expect(await ask('nowhere.example', 'A')).toEqual({ status: 'no-name' });
    });

    it('says that a name server could not answer', async () => {
      const answer = await ask('broken.example', 'A');
      expect(answer).toEqual({ status: 'failed', message: expect.stringContaining('SERVFAIL') });
    });

    it('says that nobody answered, once the time of the question is up', async () => {
      const answer = await ask('silent.example', 'A', 300);
      expect(answer).toEqual({ status: 'failed', message: expect.stringMatching(/answer/) });
    });

    it.each(['a..example', `${'a'.repeat(64)}.example`, `${'abcdefg.'.repeat(32)}example`, ''])(
      'answers that %j is not there, because no name can be spelled so',
      async (name) => {
        expect(await ask(name, 'A')).toEqual({ status: 'no-name' });
      },
    );
  });
}
