/** The worker thread of the inspector. */
import { inspectMessage } from './inspect.ts';
import { answerTasks } from './worker-protocol.ts';

answerTasks(inspectMessage);
