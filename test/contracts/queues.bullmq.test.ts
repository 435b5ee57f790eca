/** The Queues port on BullMQ, over PostgreSQL and over Redis. */
import { describe } from 'vitest';
import { queuesContract } from './queues.contract.ts';
import { queuesEndingContract } from './queues.ending.contract.ts';
import type { QueueServer } from './queues.harness.ts';
import { startTestPostgres } from './support/postgres.ts';
import { redisMissing, startRedis } from './support/redis.ts';

async function onPostgres(): Promise<QueueServer> {
  const server = await startTestPostgres({ durable: true });
  return { ...server, createConnection: async () => ({ postgresUrl: await server.createDatabase() }) };
}

async function onRedis(): Promise<QueueServer> {
  const server = await startRedis();
  return { ...server, createConnection: async () => ({ redisUrl: server.createDatabase() }) };
}

describe('BullMQ on PostgreSQL', () => {
  describe('the port', () => queuesContract(onPostgres));
  describe('endings', () => queuesEndingContract(onPostgres));
});

describe.skipIf(redisMissing)('BullMQ on Redis (needs redis-server)', () => {
  describe('the port', () => queuesContract(onRedis));
  describe('endings', () => queuesEndingContract(onRedis));
});
