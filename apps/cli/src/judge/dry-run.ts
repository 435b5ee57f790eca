/** A dry run of one mail file on this machine, explained; nothing is kept, nothing is sent. */
import { readFile } from 'node:fs/promises';
import type { Envelope } from '@sluice/core/checks/check.ts';
import { defaultGatherDeadlines, gatherPhase } from '@sluice/core/checks/gather.ts';
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import type { OwnNames } from '@sluice/core/checks/own-names.ts';
import { readsContent } from '@sluice/core/checks/registry.ts';
import { replyText } from '@sluice/core/judge/explain.ts';
import { explainRecipients } from '@sluice/core/judge/explanation.ts';
import { judge, type MailFacts } from '@sluice/core/judge/judge.ts';
import type { Judgement } from '@sluice/core/judge/verdict.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import { connectClamd } from '@sluice/clamd';
import { createDeadline, createResolver } from '@sluice/dns';
import { type Config, loadChecks } from '@sluice/environment';
import { connectEngine } from '@sluice/external-engine';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { systemClock } from '@sluice/node-crypto';
import { usage } from '../exit.ts';
import { printJson } from '../output.ts';
import { printJudgement } from '../print-mail.ts';
import { configOrFail } from '../commands/config.ts';
import { type EdgeView, openEdgeView } from './edge-view.ts';

export interface JudgeOptions {
  readonly domain?: string;
  readonly ip: string;
  readonly helo: string;
  readonly from: string;
  readonly to: string[];
  readonly json?: boolean;
}

export async function dryRun(file: string, options: JudgeOptions): Promise<void> {
  const config = configOrFail();
  await loadChecks(config);
  const raw = await readFile(file).catch((error: unknown) => {
    throw usage(`${file} cannot be read: ${(error as Error).message}.`);
  });
  const envelope = { ip: options.ip, helo: options.helo, sender: options.from, recipients: options.to };
  const own = {
    hostname: config.hostname,
    protects: (name: string) => name === options.domain?.toLowerCase(),
  };
  const edge = await openEdgeView(config, options.domain);
  try {
    const { policy } = edge;
    const facts = await gatherAll(config, { edge, envelope, raw, own });
    print({ facts, policy, judgement: judge(facts, policy) }, options.json === true);
  } finally {
    edge.close();
  }
}

interface Subject {
  readonly edge: EdgeView;
  readonly envelope: Envelope;
  readonly raw: Uint8Array;
  /** The one domain in question alone is known. */
  readonly own: OwnNames;
}

async function gatherAll(
  config: Config,
  { edge: { policy, bayes, domainId }, envelope, raw, own }: Subject,
): Promise<MailFacts> {
  const resolver = createResolver(config.dns === undefined ? {} : { server: config.dns });
  const inspector = createMessageInspector({ workers: 1 });
  const ports = {
    resolver,
    inspector,
    authenticator: createMailAuthenticator(resolver),
    scanner: config.clamdUrl === undefined ? undefined : connectClamd(config.clamdUrl),
    engine: connectEngine(config.engineUrl),
    ...(bayes === undefined ? {} : { bayes }),
  };
  const receivedAt = systemClock.now();
  try {
    const observed = createObservations({
      envelope,
      raw,
      ports,
      deadlines: defaultObservationDeadlines,
      textLimit: 200,
      content: readsContent(policy),
      ...(domainId === undefined ? {} : { domainId }),
    });
    const gathered = await gatherPhase({
      phases: ['connect', 'helo', 'mail', 'rcpt', 'data'],
      policy,
      envelope,
      receivedAt,
      observed,
      resolver,
      own,
      deadline: createDeadline(),
      deadlines: defaultGatherDeadlines,
    });
    return { envelope, receivedAt, ...gathered };
  } finally {
    await inspector.close();
  }
}

interface Judged {
  readonly facts: MailFacts;
  readonly policy: Policy;
  readonly judgement: Judgement;
}

function print({ facts, policy, judgement }: Judged, json: boolean): void {
  const recipients = explainRecipients(facts, policy, judgement);
  const reply = replyText(judgement.reason, judgement.verdict, '(dry run)');
  if (json) {
    printJson({
      ...judgement,
      recipients,
      reply,
      policyRevision: policy.revision,
      ran: facts.ran,
      facts: facts.facts,
    });
    return;
  }
  console.log(`${judgement.verdict} (${judgement.reason})\nThe sender would be told: ${reply}`);
  printJudgement(recipients);
}
