/** Answers questions to recorded decisions run by run, where it is asked: in this thread. */
import { auditDecisions } from '../audit/audit-decisions.ts';
import { loadPolicies } from '../replay/load-policies.ts';
import { createModelVersions } from '../replay/model-versions.ts';
import type {
  FoundMail,
  Pace,
  QuestionKind,
  ReplayAnswers,
  Replayer,
  ReplayQuestions,
  Run,
} from '../replay/questions.ts';
import { readDecisions, type DecisionLog, type RecordedDecision } from '../replay/read-decisions.ts';
import { createUndo } from '../replay/undo.ts';
import { createWhatIf } from '../replay/what-if.ts';
import { holdsVirus } from './release-permission.ts';

/** Throws as `Replayer` says. */
export type AnswerRun<TAnswer> = (run: Run, pace: Pace) => Promise<TAnswer>;

/** Goes over decisions in this thread, one run after the other. */
export const createReplayer = (log: DecisionLog): Replayer => ({
  async *answers(kind, question, runs, pace) {
    const answerRun = answering(log, kind, question);
    for (const run of runs) yield await answerRun(run, pace);
  },
});

/** What answers one question for any run; the settings of the domain are read once. */
export function answering<K extends QuestionKind>(
  log: DecisionLog,
  kind: K,
  question: ReplayQuestions[K],
): AnswerRun<ReplayAnswers[K]> {
  let loading: ReturnType<typeof loadPolicies> | undefined;
  const policies = () => (loading ??= loadPolicies(log, question.domainId));
  return answerers[kind](log, question, policies);
}

type Policies = () => ReturnType<typeof loadPolicies>;

const answerers: {
  readonly [K in QuestionKind]: (
    log: DecisionLog,
    question: ReplayQuestions[K],
    policies: Policies,
  ) => AnswerRun<ReplayAnswers[K]>;
} = {
  'what-if':
    (log, { domainId, against, ...rest }, policies) =>
    async (run, pace) => {
      const before = against === undefined ? await policies() : () => against;
      const fold = createWhatIf({ ...rest, against: before });
      await goOverRun(log, { domainId, run, pace }, (decision) => fold.take(decision));
      return fold.report();
    },

  undo:
    (log, { domainId, ...rest }, policies) =>
    async (run, pace) => {
      const fold = createUndo({ ...rest, policyAt: await policies() });
      const mails: FoundMail[] = [];
      await goOverRun(log, { domainId, run, pace }, (decision) => {
        const mail = fold.take(decision);
        if (mail === undefined) return;
        mails.push({ mail, hasVirus: decision.data !== undefined && holdsVirus(decision.data) });
      });
      return { report: fold.report(), mails };
    },

  'model-versions':
    (log, { domainId, ...setting }) =>
    async (run, pace) => {
      const fold = createModelVersions(setting);
      await goOverRun(log, { domainId, run, pace }, (decision) => fold.take(decision));
      return fold.found();
    },

  audit:
    (log, { domainId }, policies) =>
    async ({ chains, ...range }, { signal }) =>
      auditDecisions(log, await policies(), { ...range, domainId, isOpen: true, ...chains, signal }),
};

/** Decisions between two breaths. */
const atOnce = 64;

async function goOverRun(
  log: DecisionLog,
  { domainId, run, pace }: { readonly domainId: string; readonly run: Run; readonly pace: Pace },
  take: (decision: RecordedDecision) => void,
): Promise<void> {
  const { signal } = pace;
  const range = { from: run.from, limit: run.to - run.from, signal };
  let read = 0;
  for await (const batch of readDecisions(log, domainId, range)) {
    for (const decision of batch) {
      if (read % atOnce === 0) await pace.breathe();
      signal.throwIfAborted();
      take(decision);
      read += 1;
    }
  }
}
