/** Who is asked to come again. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { countersAway, edgeInMemory, shared } from './edge-specification.ts';
import type { TestEdge } from './edge-specification.ts';
import { greylist } from './greylist.ts';

const comes = (edge: TestEdge, envelope: object = {}, settings: object = {}) =>
  concluded(greylist, { edge: edge.view(), envelope, settings });

describe('greylist', () => {
  it('asks an unknown sender to come again, and takes it when it does', async () => {
    const edge = edgeInMemory();
    expect(await comes(edge)).toEqual({
      result: 'fail',
      reason: 'greylisted',
      sentence:
        'The sender was first seen with this recipient 0 seconds before, less than the 300 that are asked for. Remembered by this edge alone.',
    });
    edge.wait({ seconds: 299 });
    expect(await comes(edge)).toMatchObject({ result: 'fail' });
    edge.wait({ seconds: 1 });
    expect(await comes(edge)).toMatchObject({ result: 'pass' });
  });

  it('knows the sender whatever server it comes from', async () => {
    const edge = edgeInMemory();
    await comes(edge, { ip: '192.0.2.1' });
    edge.wait({ hours: 1 });
    expect(await comes(edge, { ip: '198.51.100.7' })).toMatchObject({ result: 'pass' });
  });

  it('takes a sender that has come again at once, for everybody here, until it is forgotten', async () => {
    const edge = edgeInMemory();
    const other = { recipients: ['carol@here.example'] };
    const toCarol = { edge, view: { recipient: 'carol@here.example' } };
    await comes(edge);
    edge.wait({ hours: 1 });
    await comes(edge);
    const judgeCarol = () => concluded(greylist, { edge: edge.view(), envelope: other, view: toCarol.view });
    expect(await judgeCarol()).toMatchObject({ result: 'pass' });
    for (let day = 0; day < 60; day += 1) {
      edge.wait({ hours: 24 * 30 });
      expect(await judgeCarol()).toMatchObject({ result: 'pass' });
    }
    edge.wait({ hours: 24 * 37 });
    expect(await judgeCarol()).toMatchObject({ result: 'fail' });
  });

  it('knows the pair alone where that is wished', async () => {
    const edge = edgeInMemory();
    const settings = { knownDays: 0 };
    await comes(edge, {}, settings);
    edge.wait({ hours: 1 });
    expect(await comes(edge, {}, settings)).toMatchObject({ result: 'pass' });
    const view = { recipient: 'carol@here.example' };
    const envelope = { recipients: ['carol@here.example'] };
    expect(await concluded(greylist, { edge: edge.view(), envelope, settings, view })).toMatchObject({
      result: 'fail',
    });
  });

  it('begins again with who comes too late', async () => {
    const edge = edgeInMemory();
    await comes(edge);
    edge.wait({ hours: 48 });
    expect(await comes(edge)).toMatchObject({ result: 'fail' });
  });

  it('takes numbered senders of a list for one', async () => {
    const edge = edgeInMemory();
    await comes(edge, { sender: 'bounce-1234+bob=here@lists.example' });
    edge.wait({ hours: 1 });
    expect(await comes(edge, { sender: 'Bounce-1235@Lists.example' })).toMatchObject({ result: 'pass' });
    expect(await comes(edge, { sender: 'bounce-1235@other.example' })).toMatchObject({ result: 'fail' });
  });

  it('judges the same mail the same when it is gathered twice', async () => {
    const edge = edgeInMemory();
    await comes(edge);
    edge.wait({ hours: 1 });
    expect(await comes(edge)).toMatchObject({ result: 'pass' });
    expect(await comes(edge)).toMatchObject({ result: 'pass' });
  });

  it('sends nobody away while what edges share is away', async () => {
    const edge = edgeInMemory().view({ counters: countersAway });
    expect(await concluded(greylist, { edge })).toEqual({
      result: 'none',
      sentence: 'What the edges remember together does not answer, so nobody is sent away.',
    });
  });

  it('does not say that it is alone where it is not', async () => {
    const edge = edgeInMemory();
    const view = edge.view({ counters: shared(edge.counters) });
    expect((await concluded(greylist, { edge: view })).sentence).not.toMatch(/alone/);
  });

  it('leaves the null sender alone, and mail of an archive', async () => {
    const edge = edgeInMemory().view();
    expect(await gathered(greylist, { edge, envelope: { sender: '' } })).toEqual({
      status: 'skipped',
      why: 'null-sender',
    });
    expect(await gathered(greylist)).toEqual({ status: 'nothing' });
  });
});
