/** Whether an answer of the intake has the shape that we go on to rely on. */
import type { BatchAnswer } from '@sluice/core/handover/batch.ts';
import { type BayesFeed, isBayesCursor } from '@sluice/core/handover/bayes-feed.ts';
import type { Feed } from '@sluice/core/handover/feed.ts';

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const areAll = (value: unknown, is: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);

export const isBatchAnswer = (value: unknown): value is BatchAnswer =>
  isObject(value) &&
  areAll(value['taken'], Number.isSafeInteger) &&
  areAll(
    value['refused'],
    (item) => isObject(item) && Number.isSafeInteger(item['seq']) && isText(item['reason']),
  );

export const isFeed = (value: unknown): value is Feed =>
  isObject(value) &&
  typeof value['next'] === 'string' &&
  /^\d{1,20}$/.test(value['next']) &&
  typeof value['more'] === 'boolean' &&
  areAll(value['serviceLists'], isObject) &&
  (value['serviceRevision'] === undefined || isCount(value['serviceRevision'])) &&
  areAll(value['domains'], isDomain);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

export const isBayesFeed = (value: unknown): value is BayesFeed =>
  isObject(value) &&
  isCount(value['tokenizer']) &&
  typeof value['next'] === 'string' &&
  isBayesCursor(value['next']) &&
  typeof value['more'] === 'boolean' &&
  areAll(
    value['models'],
    (model) =>
      isObject(model) &&
      isText(model['modelId']) &&
      isText(model['version']) &&
      isCount(model['spam']) &&
      isCount(model['ham']),
  ) &&
  areAll(
    value['counts'],
    (counts) => isObject(counts) && isText(counts['modelId']) && areAll(counts['triples'], isCount),
  );

/** The outer shape: what is inside of a policy was made by the same version of core, or is read leniently. */
function isDomain(value: unknown): boolean {
  return (
    isObject(value) &&
    ['domainId', 'accountId', 'name', 'status'].every((name) => isText(value[name])) &&
    areAll(value['route'], isObject) &&
    ['routeTrusted', 'verdictHeader'].every((name) =>
      ['boolean', 'undefined'].includes(typeof value[name]),
    ) &&
    isDataKey(value['dataKey']) &&
    isPolicy(value['policy'])
  );
}

const isDataKey = (value: unknown): boolean =>
  isObject(value) && isText(value['keyId']) && isText(value['key']);

const isPolicy = (value: unknown): boolean =>
  isObject(value) &&
  Number.isSafeInteger(value['revision']) &&
  isObject(value['checks']) &&
  isObject(value['thresholds']) &&
  (value['mailboxThresholds'] === undefined || isObject(value['mailboxThresholds'])) &&
  Array.isArray(value['lists']);
