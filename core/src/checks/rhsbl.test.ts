/** Domains on DNS lists. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { rhsbl } from './rhsbl.ts';

const settings = { zones: [{ zone: 'Dbl.example', points: 4, codes: ['127.0.1.2-99'] }] };
const listed = { 'A bulk.example.dbl.example': ['127.0.1.2'] };

describe('rhsbl', () => {
  it('asks once for each registered domain of sender, From and HELO, and writes only what was found', async () => {
    const envelope = { sender: 'a@out.bulk.example', helo: 'mx.helo.example' };
    expect(await gathered(rhsbl, { settings, envelope, dns: listed })).toEqual({
      status: 'observed',
      fact: {
        domains: ['bulk.example', 'sender.example', 'helo.example'],
        zones: ['dbl.example'],
        answers: [
          {
            zone: 'dbl.example',
            domain: 'bulk.example',
            answer: { status: 'found', records: ['127.0.1.2'] },
          },
        ],
      },
    });
  });

  it('adds the points of a list that knows one of them', async () => {
    expect(
      await concluded(rhsbl, { settings, envelope: { sender: 'a@bulk.example' }, dns: listed }),
    ).toMatchObject({
      result: 'fail',
      reason: 'domain-blocklisted',
      score: 4,
      sources: ['dbl.example'],
      sentence: 'bulk.example is listed by Dbl.example (127.0.1.2): 4 points.',
    });
  });

  it('passes domains that no list knows, and names them', async () => {
    expect(await concluded(rhsbl, { settings })).toEqual({
      result: 'pass',
      sentence: 'No list knows sender.example.',
    });
  });

  it('has not failed below the threshold, nor for codes that do not count', async () => {
    const envelope = { sender: 'a@bulk.example' };
    const high = { ...settings, threshold: 5 };
    expect(await concluded(rhsbl, { settings: high, envelope, dns: listed })).toMatchObject({
      result: 'none',
    });
    const dns = { 'A bulk.example.dbl.example': ['127.0.1.102'] };
    expect(await concluded(rhsbl, { settings, envelope, dns })).toMatchObject({ result: 'pass' });
  });

  it('takes a refused question for no listing, and is an error where none answers', async () => {
    const dns = { 'A sender.example.dbl.example': ['127.255.255.254'] };
    expect(await gathered(rhsbl, { settings, dns })).toMatchObject({
      status: 'error',
      message: expect.stringContaining('refuses to answer us'),
    });
  });

  it('asks for nothing that is no domain', async () => {
    const envelope = { sender: '', helo: '[192.0.2.10]' };
    const message = { from: [{ name: '', address: 'nobody' }] };
    expect(await gathered(rhsbl, { settings, envelope, message })).toEqual({ status: 'nothing' });
    expect(await gathered(rhsbl, { settings: { zones: [] } })).toEqual({ status: 'nothing' });
    expect(await gathered(rhsbl, { settings, envelope: { ip: '127.0.0.1' } })).toMatchObject({
      status: 'skipped',
    });
  });

  it('looks where it is told to', async () => {
    const only = { ...settings, look: ['helo'] };
    expect(await gathered(rhsbl, { settings: only, envelope: { helo: 'a.b.example' } })).toMatchObject({
      fact: { domains: ['b.example'] },
    });
  });
});
