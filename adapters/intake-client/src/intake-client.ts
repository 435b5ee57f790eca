/** The intake over HTTP: batches up, the policy feed down. Every request has a deadline; no failure is thrown. */
import { batchContentType, encodeBatch } from '@sluice/core/handover/batch.ts';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { IntakeClient, IntakeRefusal } from '@sluice/core/ports/intake.ts';
import { isBatchAnswer, isBayesFeed, isFeed } from './shapes.ts';

export interface IntakeClientOptions {
  /** Of the intake, with or without a path. */
  readonly url: string;
  readonly token: string;
  /** Name of this edge. */
  readonly edge: string;
  /** Longest wait for the answer to a batch, and for one to the feed beyond what was asked to wait, in ms; 60,000. */
  readonly deadlineMs?: number;
}

/** Throws if `url` is no http or https address. */
export function createIntakeClient({
  url,
  token,
  edge,
  deadlineMs = 60_000,
}: IntakeClientOptions): IntakeClient {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`not an http or https address: ${url}`);
  const authorization = `Bearer ${token}`;

  return {
    hand({ items }, signal) {
      return ask(
        new URL('v1/batches', base),
        {
          method: 'POST',
          headers: { authorization, 'content-type': batchContentType },
          body: encodeBatch({ edge, items }),
          signal: until(deadlineMs, signal),
        },
        isBatchAnswer,
      );
    },
    feed(after, waitMs, signal) {
      const request = { headers: { authorization }, signal: until(waitMs + deadlineMs, signal) };
      return ask(changesAfter(new URL('v1/feed', base), after, waitMs), request, isFeed);
    },
    bayes(after, waitMs, signal) {
      const request = { headers: { authorization }, signal: until(waitMs + deadlineMs, signal) };
      return ask(changesAfter(new URL('v1/bayes', base), after, waitMs), request, isBayesFeed);
    },
  };
}

function changesAfter(address: URL, after: string | undefined, waitMs: number): URL {
  if (after !== undefined) address.searchParams.set('after', after);
  address.searchParams.set('waitMs', String(waitMs));
  return address;
}

const until = (ms: number, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([AbortSignal.timeout(ms), signal]);

async function ask<T>(
  address: URL,
  request: RequestInit,
  isExpected: (value: unknown) => value is T,
): Promise<Result<T, IntakeRefusal>> {
  try {
    const response = await fetch(address, { ...request, redirect: 'error' });
    const text = await response.text();
    if (!response.ok) return fail(refusalOf(response.status, text));
    const value: unknown = JSON.parse(text);
    return isExpected(value) ? ok(value) : unavailable('its answer is not what an intake says');
  } catch (error) {
    return unavailable(reasonOf(error));
  }
}

/** Statuses that are about what was sent; all others (a wrong token too) may be different later. */
const aboutTheRequest = new Set([400, 413, 415, 422]);

function refusalOf(status: number, text: string): IntakeRefusal {
  const message = `The intake answered ${status}: ${text.slice(0, 200)}`;
  return { code: aboutTheRequest.has(status) ? 'refused' : 'unavailable', message };
}

const unavailable = (why: string) =>
  fail<IntakeRefusal>({ code: 'unavailable', message: `The intake cannot be reached: ${why}.` });

/** fetch says only "fetch failed"; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
