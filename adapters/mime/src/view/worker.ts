/** The worker thread of the viewer. */
import { answerTasks } from '../worker-protocol.ts';
import { answerView } from './read-view.ts';

answerTasks(answerView);
