/** Streams.Delete and Streams.Tombstone: a stream ends, until it is written again or for ever. */
import { authorize } from '../access.ts';
import { frame } from '../grpc/frames.ts';
import type { Method } from '../grpc/server.ts';
import { singleRequest } from '../grpc/single-request.ts';
import { writeEndAnswer } from '../protocol/append-answers.ts';
import { readEndRequest } from '../protocol/append-messages.ts';
import type { AppendOutcome } from '../store/requests.ts';
import type { Store } from '../store/store.ts';

export function endStreamMethod({ commits, access }: Store, end: 'delete' | 'tombstone'): Method {
  return singleRequest(async (bytes, call) => {
    const request = { ...readEndRequest(bytes), events: [], end };
    authorize(access.identify(call.headers), 'delete', request.stream);
    const outcome = await new Promise<AppendOutcome>((resolve) => {
      commits.append(request, resolve);
    });
    call.write(frame(writeEndAnswer(request, outcome)));
  });
}
