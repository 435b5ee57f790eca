/** What a caller proposes or names as an incident, as inputs of procedures. */
import { z } from 'zod';
import { presetNames } from '@sluice/core/checks/check.ts';
import { modes } from '@sluice/core/policy/policy.ts';
import type { Incident } from '@sluice/core/replay/incident.ts';
import type { Proposal } from '@sluice/core/replay/proposal.ts';

const key = {
  action: z.enum(['allow', 'block']),
  pattern: z.string().max(320),
  mailbox: z.string().max(320).optional(),
};

const entry = z.object({
  ...key,
  authenticated: z.boolean().default(false),
  expires: z.iso.datetime().optional(),
  note: z.string().max(500).optional(),
});

const check = z.object({
  check: z.string().max(64),
  mode: z.enum(modes).optional(),
  weight: z.number().optional(),
  onError: z.enum(['ignore', 'defer']).optional(),
  exempt: z.array(z.string()).max(1_000).optional(),
  settings: z.record(z.string(), z.json()).optional(),
});

const points = z.number().optional();

const mailbox = z.string().min(1).max(320);

export const proposalInput = z.object({
  preset: z.enum(presetNames).optional(),
  edition: z.int().min(1).optional(),
  thresholds: z.object({ tag: points, hold: points, reject: points }).optional(),
  removeMailboxThresholds: z.array(mailbox).max(2_000).optional(),
  mailboxThresholds: z
    .array(z.object({ mailbox, tag: points, hold: points, reject: points }))
    .max(2_000)
    .optional(),
  checks: z.array(check).max(100).optional(),
  remove: z.array(z.object(key)).max(1_000).optional(),
  add: z.array(entry).max(1_000).optional(),
});

export const incidentInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('check'), check: z.string().max(64), zone: z.string().max(255).optional() }),
  z.object({ kind: z.literal('entry'), entry: z.object(key) }),
  z.object({ kind: z.literal('model'), check: z.string().max(64), version: z.string().max(100) }),
]);

/** Exact optional types take no undefined members; the schemas are the types otherwise. */
export const toProposal = (input: z.output<typeof proposalInput>): Proposal => definite(input) as Proposal;

export const toIncident = (input: z.output<typeof incidentInput>): Incident => definite(input) as Incident;

function definite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(definite);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, definite(member)]));
}
