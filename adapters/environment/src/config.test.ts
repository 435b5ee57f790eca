/** Configuration: defaults, all faults at once, secrets never printed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConfig, exampleEnvironment, parseConfig, toEnvironment } from './config.ts';

describe('configuration', () => {
  it('has the documented defaults', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      ok: true,
      value: {
        dataDir: '.sluice',
        bind: '127.0.0.1',
        smtpPort: 2525,
        panelPort: 3000,
        apiPort: 4000,
        inboxPort: 2526,
        inboxHttpPort: 3001,
      },
    });
  });

  it('tells every fault in one go, each with its key', () => {
    const config = parseConfig({
      SLUICE_SMTP_PORT: 'many',
      SLUICE_POSTGRES_URL: 'mysql://x',
      SLUICE_SMPT_PORT: '25',
    });
    expect(config.ok).toBe(false);
    if (!config.ok) {
      expect(config.error).toHaveLength(3);
      expect(config.error.join('\n')).toMatch(
        /SLUICE_SMTP_PORT.*\n.*SLUICE_POSTGRES_URL.*\n.*SLUICE_SMPT_PORT/,
      );
    }
  });

  it('never shows a secret, neither in faults nor in the listing', () => {
    const faults = parseConfig({ SLUICE_SECRET: 'too-short-secret' });
    expect(JSON.stringify(faults)).not.toContain('too-short-secret');
    const good = parseConfig({ SLUICE_SECRET: 'x'.repeat(40) });
    expect(good.ok && JSON.stringify(describeConfig(good.value))).not.toContain('xxxx');
  });

  it('survives the way to another process', () => {
    const config = parseConfig({ SLUICE_SMTP_PORT: '2600', SLUICE_DEMO: 'false' });
    expect(config.ok && parseConfig(toEnvironment(config.value))).toEqual(config);
  });

  it('writes the example that is committed (`sluice config example > .env.example`)', () => {
    const committed = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    expect(exampleEnvironment()).toBe(committed);
    expect(committed).toContain('#SLUICE_VAULT_KEY=');
  });
});
