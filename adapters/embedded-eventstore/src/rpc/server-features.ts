/** ServerFeatures.GetSupportedMethods: what this server has, so that clients do not ask for more. */
import { frame } from '../grpc/frames.ts';
import type { Method } from '../grpc/server.ts';
import { singleRequest } from '../grpc/single-request.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/** The release of EventStoreDB whose protocol this is. */
const announcedVersion = '23.10.0';

/** Answers with the given paths, `/package.Service/Method`; clients compare them in lower case. */
export function supportedMethods(paths: readonly string[]): Method {
  const writer = new ProtobufWriter();
  for (const path of paths) {
    const [, service = '', method = ''] = path.toLowerCase().split('/');
    writer.message(1, (supported) => supported.string(1, method).string(2, service));
  }
  const answer = frame(writer.string(2, announcedVersion).finish());
  return singleRequest(async (_request, call) => {
    call.write(answer);
  });
}
