/** Which mail is bulk mail, and what a domain may want of it. */
import { describe, expect, it } from 'vitest';
import { bulk } from './bulk.ts';
import { concluded, gathered } from './check-specification.ts';

const raw = (...fields: readonly string[]) => `${fields.join('\r\n')}\r\n\r\ntext`;
const newsletter = raw(
  'List-Unsubscribe: <https://a.example/u>',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
);
const list = raw('List-Id: The users <Users.lists.example>', 'List-Post: <mailto:users@lists.example>');

describe('bulk', () => {
  it('has nothing to look at in a mail between people', async () => {
    expect(await gathered(bulk, { raw: raw('Subject: hi', 'Auto-Submitted: no') })).toEqual({
      status: 'nothing',
    });
  });

  it.each([
    ['newsletter', newsletter],
    ['newsletter', raw('Precedence: bulk')],
    ['list', list],
    ['list', raw('List-Id: <a.example>', 'Precedence: list', 'List-Unsubscribe: <mailto:a@b.example>')],
    ['moderation', raw('X-List-Administrivia: yes', 'List-Id: <a.example>')],
    ['automatic', raw('Auto-Submitted: auto-replied')],
  ])('knows a mail of the kind %s', async (kind, mail) => {
    expect(await gathered(bulk, { raw: mail })).toMatchObject({ fact: { kind } });
  });

  it('lets all of it pass by default', async () => {
    expect(await concluded(bulk, { raw: newsletter })).toEqual({
      result: 'none',
      sentence: 'The mail is a newsletter, says List-Unsubscribe.',
    });
  });

  it('refuses the test line of spam filters by more points than any threshold', async () => {
    const line = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('*');
    const mail = { raw: raw('Subject: test'), message: { text: `Here it is:\n${line}` } };
    expect(await concluded(bulk, mail)).toMatchObject({ result: 'fail', reason: 'test-line', score: 1000 });
    expect(await concluded(bulk, { ...mail, settings: { testLine: false } })).toMatchObject({
      result: 'none',
    });
  });

  it('fails the kinds that are not wanted, but for the lists that are', async () => {
    const settings = { unwanted: ['list'] };
    expect(await concluded(bulk, { raw: list, settings })).toMatchObject({
      result: 'fail',
      reason: 'bulk-unwanted',
    });
    const wanted = { ...settings, wantedLists: ['Users.lists.example'] };
    expect(await concluded(bulk, { raw: list, settings: wanted })).toMatchObject({ result: 'pass' });
  });

  it('fails newsletters that one cannot leave, where that is asked for', async () => {
    const settings = { requireUnsubscribe: true };
    expect(await concluded(bulk, { raw: raw('Precedence: bulk'), settings })).toMatchObject({
      result: 'fail',
      reason: 'bulk-unleavable',
    });
    expect(await concluded(bulk, { raw: newsletter, settings })).toMatchObject({ result: 'none' });
  });
});
