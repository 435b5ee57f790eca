// The test tiers: unit (pure, beside the code), integration (one adapter against the real thing), e2e (real processes).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    allowOnly: false,
    // More tests than cores: many wait for something to be killed, retried or timed out.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{core,adapters,projections,workers,apps}/**/src/**/*.test.ts',
            'apps/panel/server/**/*.test.ts',
            'docs/plugin/*.test.ts',
          ],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{contracts,conformance,protocol,walls}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/{e2e,panel}/**/*.test.ts'],
          globalSetup: ['test/e2e/support/build-panel.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
