/** Methods that take exactly one request message: unary calls and server streams. */
import type { ServerCall } from './call.ts';
import type { Method } from './server.ts';
import { invalidArgument, statusOf } from './status.ts';

/** Runs `answer` once the request is complete; it writes the answers, and its return ends the call with OK. */
export function singleRequest(answer: (request: Buffer, call: ServerCall) => Promise<void>): Method {
  return (call) => {
    let request: Buffer | undefined;
    return {
      onMessage(message) {
        if (request !== undefined) throw invalidArgument('This method takes one request message');
        request = message;
      },
      onHalfClose() {
        if (request === undefined) throw invalidArgument('The request message is missing');
        answer(request, call).then(
          () => call.end(),
          (error: unknown) => call.end(statusOf(error)),
        );
      },
    };
  };
}
