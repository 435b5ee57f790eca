/** Gossip.Read: the members of a cluster of one, which leads. Clients ask before they connect where they were told to discover. */
import { randomUUID } from 'node:crypto';
import { frame } from '../grpc/frames.ts';
import type { Method } from '../grpc/server.ts';
import { singleRequest } from '../grpc/single-request.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import type { Store } from '../store/store.ts';

/** MemberInfo.VNodeState.Leader */
const leader = 8;
const ticksPerMillisecond = 10_000n;

export function gossipMethod({ now }: Store): Method {
  const instance = randomUUID();
  return singleRequest(async (_request, call) => {
    // The name by which the client has found us is one by which it finds us again.
    const { host, port } = hostAndPort(call.headers[':authority'] ?? '');
    const answer = new ProtobufWriter().message(1, (member) => {
      member
        .message(1, (id) => id.string(2, instance))
        .int64(2, BigInt(now()) * ticksPerMillisecond)
        .number(3, leader)
        .number(4, 1)
        .message(5, (endPoint) => endPoint.string(1, host).number(2, port));
    });
    call.write(frame(answer.finish()));
  });
}

/** The port that a client means who names none. */
const usualPort = 2113;

function hostAndPort(authority: string): { host: string; port: number } {
  const [, host = 'localhost', port] = /^(.+?)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  return { host, port: port === undefined ? usualPort : Number(port) };
}
