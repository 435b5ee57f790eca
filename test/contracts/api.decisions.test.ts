/** Decisions through the api: verified part by part, and exported over HTTP to whoever may see the domain. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyExport } from '@sluice/core/audit/verify-export.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { verifySignature } from '@sluice/node-crypto';
import { call, startApi, type TestApi } from './api.harness.ts';
import { usePostgres } from './support/postgres.ts';

describe('decisions through the api', () => {
  const postgres = usePostgres();
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(postgres.url);
  });
  afterAll(() => api.close());

  const fetched = (token: string | undefined, path: string) =>
    fetch(`${api.url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const linesOf = async (response: Response) => (await response.text()).split('\n').slice(0, -1);
  const ours = () => `/decisions/${api.ours.domain.name}/export`;

  it('are verified in parts that say how far they are', async () => {
    const domain = api.ours.domain.name;
    const first = (await call(api.services, api.ours.scope, 'decisions.verify', { domain, limit: 2 })) as {
      readonly next: string;
    };
    expect(first).toMatchObject({ done: 2, total: 3, problemCount: 0 });
    const rest = await call(api.services, api.ours.scope, 'decisions.verify', { domain, cursor: first.next });
    expect(rest).toMatchObject({ done: 3, total: 3, problemCount: 0 });
    expect(rest).not.toHaveProperty('next');
  });

  it('are exported as a file that is sound by itself', async () => {
    const response = await fetched('ours', ours());
    expect(response.headers.get('content-disposition')).toContain('decisions-ours.example.jsonl');
    const lines = await linesOf(response);
    expect(await verifyExport(lines, { verify: verifySignature })).toMatchObject({
      sound: true,
      decisions: 3,
    });
    expect(lines.join()).not.toContain('alice@sender.example');
  });

  it('are exported in the open to whoever asks, to an auditor without what quotes the mail', async () => {
    const open = await linesOf(await fetched('ours', `${ours()}?opened=true`));
    expect(open.join()).toContain('How are you?');
    const audited = await linesOf(await fetched('auditor', `${ours()}?opened=true`));
    expect(audited.join()).toContain('alice@sender.example');
    expect(audited.join()).not.toContain('How are you?');
    expect((await verifyExport(audited, { verify: verifySignature })).sound).toBe(true);
  });

  it('are exported to nobody else, who cannot tell the domain from none', async () => {
    expect((await fetched(undefined, ours())).status).toBe(401);
    const foreign = await fetched('theirs', ours());
    const none = await fetched('theirs', '/decisions/nobody.example/export');
    expect([foreign.status, await foreign.text()]).toEqual([404, await none.text()]);
    expect((await fetched('operator', ours())).status).toBe(200);
  });

  it('are not exported for a time that is none', async () => {
    expect((await fetched('ours', `${ours()}?since=yesterday`)).status).toBe(400);
  });

  it('come with the public key, which everybody who has signed in may know', async () => {
    const { key } = (await call(api.services, operatorScope(), 'decisions.roots', {})) as { key: string };
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });
});
