/** The ordered list of all checks, as in the published table; adding a check is one line here. */
import type { Reasons, Reply } from '../judge/reason.ts';
import { generalReasons } from '../judge/reason.ts';
import type { AnyCheck } from './check.ts';
import { ipList } from './ip-list.ts';
import { senderList } from './sender-list.ts';

export const allChecks: readonly AnyCheck[] = [ipList, senderList];

const byName = new Map(allChecks.map((check) => [check.name, check]));

export const checkNamed = (name: string): AnyCheck | undefined => byName.get(name);

export const allReasons: Reasons = Object.assign(
  { ...generalReasons },
  ...allChecks.map((check) => check.reasons),
);

/** The reply for a reason code; an unknown one (from a newer or older version) is a local error. */
export const replyFor = (reason: string): Reply => allReasons[reason] ?? generalReasons['local-error'];
