/** Logs: readable, prefixed, and never a secret or a control character. */
import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function linesOf(format: 'pretty' | 'json') {
  const lines: string[] = [];
  const log = createLog({ role: 'mx', level: 'info', format, write: (line) => lines.push(line) });
  return { lines, log };
}

describe('logs', () => {
  it('begin with the time and the role', () => {
    const { lines, log } = linesOf('pretty');
    log.info({ mail: 'abc' }, 'Mail accepted');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {3}mx {10}Mail accepted mail=abc\n$/);
  });

  it('hide secrets by name', () => {
    const { lines, log } = linesOf('json');
    log.warn({ token: 'hunter2', route: { password: 'hunter2' } }, 'no');
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('never let a sender steer the terminal', () => {
    const { lines, log } = linesOf('pretty');
    log.info({ subject: '\u001b[2J', raw: 'a\u0007b' }, 'hostile \u001b[31m');
    expect(lines.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
