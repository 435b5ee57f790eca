/** Redelivery with its queue in PostgreSQL and in Redis. */
import { afterAll, beforeAll, describe } from 'vitest';
import { usePostgres } from './support/postgres.ts';
import { redisMissing, startRedis, type TestRedis } from './support/redis.ts';
import { redeliveryContract } from './workers.contract.ts';

const server = usePostgres();

describe('redelivery with its queue in PostgreSQL', () => {
  redeliveryContract(async () => ({ postgresUrl: await server.createDatabase() }));
});

describe.skipIf(redisMissing)('redelivery with its queue in Redis (needs redis-server)', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  redeliveryContract(async () => ({
    postgresUrl: await server.createDatabase(),
    redisUrl: redis.createDatabase(),
  }));
});
