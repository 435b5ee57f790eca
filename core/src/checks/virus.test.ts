/** What follows from a virus scan. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { virus } from './virus.ts';

const engine = 'ClamAV 1.4.3/27500';

describe('virus', () => {
  it('fails an infected mail and names what was found by which signatures', async () => {
    const scan = { status: 'infected', signature: 'Eicar-Test-Signature', engine } as const;
    expect(await concluded(virus, { scan })).toEqual({
      result: 'fail',
      reason: 'virus-found',
      sentence: 'ClamAV 1.4.3/27500 found Eicar-Test-Signature in the mail.',
    });
  });

  it('passes a clean mail', async () => {
    expect(await concluded(virus, { scan: { status: 'clean', engine } })).toEqual({
      result: 'pass',
      sentence: 'ClamAV 1.4.3/27500 found nothing.',
    });
  });

  it('is an error where the scanner is out of order, and senders then come again', async () => {
    const scan = { status: 'error', message: 'no connection' } as const;
    expect(await gathered(virus, { scan })).toEqual({ status: 'error', message: 'no connection' });
    for (const preset of Object.values(virus.presets)) expect(preset.onError).toBe('defer');
  });

  it('is not configured where there is no scanner', async () => {
    expect(await gathered(virus)).toEqual({ status: 'not-configured' });
  });

  it('stands above every list', () => {
    expect(virus.standing).toBe('safety');
  });
});
