/** What edges share, on Redis. */
export { connectCounters, type ClosableCounters, type CountersOptions } from './counters.ts';
export { type AnswersOptions, type ClosableAnswers, connectAnswers } from './answers.ts';
