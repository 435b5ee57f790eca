/** What follows from the number of servers that a mail has passed. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { headerLoop } from './header-loop.ts';

const passed = (hops: number): string => 'Received: from a by b\r\n'.repeat(hops) + '\r\n';

describe('header-loop', () => {
  it('passes a mail that has passed as many servers as allowed', async () => {
    expect(await concluded(headerLoop, { raw: passed(50) })).toEqual({
      result: 'pass',
      sentence: 'The mail has passed 50 servers.',
    });
  });

  it('fails a mail that has passed one more', async () => {
    expect(await concluded(headerLoop, { raw: passed(51) })).toEqual({
      result: 'fail',
      reason: 'mail-loop',
      sentence: 'The mail has passed 51 servers, more than 50: it goes round in circles.',
    });
  });

  it('takes another limit', async () => {
    expect(await concluded(headerLoop, { raw: passed(21), settings: { maxHops: 20 } })).toMatchObject({
      result: 'fail',
    });
  });

  it('fails a mail that has come through this service too often, by its true name alone', async () => {
    const raw = 'Received: from a by MX.here.example with ESMTP\r\n'.repeat(4) + '\r\n';
    const at = (hostname: string) => concluded(headerLoop, { raw, own: { hostname, protects: () => false } });
    expect(await at('mx.here.example')).toEqual({
      result: 'fail',
      reason: 'mail-loop',
      sentence:
        'The mail has come through this service 4 times before, more than 3: it goes round in circles.',
    });
    expect(await at('mx2.here.example')).toMatchObject({ result: 'pass' });
    expect(await at('localhost')).toMatchObject({ result: 'pass' });
  });

  it('stands above every list and cannot be switched off', () => {
    expect(headerLoop).toMatchObject({ standing: 'safety', modes: ['reject'] });
  });
});
