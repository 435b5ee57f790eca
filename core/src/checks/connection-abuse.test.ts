/** What no mail server does. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { connectionAbuse } from './connection-abuse.ts';
import { edgeInMemory } from './edge-specification.ts';
import { type ClientConduct, goodConduct } from './edge-view.ts';

const judgeConduct = (conduct: Partial<ClientConduct>, settings: object = {}) => {
  const edge = edgeInMemory().view({ connection: { conduct: { ...goodConduct, ...conduct } } });
  return concluded(connectionAbuse, { edge, settings });
};

describe('connection-abuse', () => {
  it('writes nothing down of a client that behaves', async () => {
    expect(await gathered(connectionAbuse, { edge: edgeInMemory().view() })).toEqual({ status: 'nothing' });
  });

  it('ends who speaks HTTP, unless it is told not to', async () => {
    expect(await judgeConduct({ httpRequests: 1 })).toEqual({
      result: 'fail',
      reason: 'http-request',
      sentence: 'The client sent one request of HTTP.',
    });
    expect(await judgeConduct({ httpRequests: 1 }, { http: false })).toMatchObject({ result: 'none' });
  });

  it('counts unknown commands, and notes those that are few', async () => {
    expect(await judgeConduct({ unknownCommands: 10, beforeHello: 1 })).toEqual({
      result: 'none',
      sentence: 'The client sent 10 unknown commands, one command of a mail before HELO.',
    });
    expect(await judgeConduct({ unknownCommands: 11 })).toMatchObject({ reason: 'unknown-commands' });
  });

  it('counts commands of a mail before HELO', async () => {
    expect(await judgeConduct({ beforeHello: 3 }, { maxBeforeHello: 2 })).toMatchObject({
      result: 'fail',
      reason: 'before-hello',
    });
  });

  it('says of a recorded fact what the limits of its time said', async () => {
    const edge = edgeInMemory().view({ connection: { conduct: { ...goodConduct, unknownCommands: 3 } } });
    const fact = await gathered(connectionAbuse, { edge, settings: { maxUnknown: 2 } });
    expect(fact).toMatchObject({ status: 'observed', fact: { limits: { maxUnknown: 2 } } });
  });
});
