/** Streams.Append: options, then the events one by one; one answer when the client has sent all. */
import { authorize } from '../access.ts';
import type { AppendRequest, ProposedEvent } from '../store/requests.ts';
import { maxAppendBytes, maxAppendMetadataBytes } from '../store/requests.ts';
import { frame } from '../grpc/frames.ts';
import type { Method } from '../grpc/server.ts';
import { invalidArgument, statusCode, statusOf } from '../grpc/status.ts';
import { writeAppendAnswer } from '../protocol/append-answers.ts';
import { readAppendMessage } from '../protocol/append-messages.ts';
import type { Store } from '../store/store.ts';

export function appendMethod({ commits, access }: Store): Method {
  return (call) => {
    const caller = access.identify(call.headers);
    let options: Pick<AppendRequest, 'stream' | 'expected'> | undefined;
    const events: ProposedEvent[] = [];
    const sizes = { data: 0, metadata: 0 };

    return {
      // It is not complete, so nothing of it is written, and it can be made again. Other calls have done something already.
      atShutdown: statusCode.unavailable,
      onMessage(bytes) {
        const message = readAppendMessage(bytes);
        if (message.kind === 'options') {
          if (options !== undefined) throw invalidArgument('The options come once');
          authorize(caller, 'write', message.stream);
          options = message;
          return;
        }
        const { event } = message;
        sizes.data += event.data.length;
        sizes.metadata += event.metadata.length;
        // One event beyond the limit is enough for the answer; the others need not be kept.
        if (sizes.data - event.data.length > maxAppendBytes) return;
        if (sizes.metadata - event.metadata.length > maxAppendMetadataBytes) return;
        events.push(event);
      },
      onHalfClose() {
        if (options === undefined) throw invalidArgument('The options are missing');
        const request = { stream: options.stream, expected: options.expected, events };
        commits.append(request, (outcome) => {
          try {
            call.write(frame(writeAppendAnswer(request, outcome)));
            call.end();
          } catch (error) {
            call.end(statusOf(error));
          }
        });
      },
    };
  };
}
