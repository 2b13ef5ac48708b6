import shared from '@eventstore/db-client/generated/shared_pb.js';
import status, { type Status } from '@eventstore/db-client/generated/status_pb.js';
import messages, {
  type AppendResp,
  type BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expectation, Written } from './transaction-log.ts';

const ALREADY_EXISTS = 6;
const DEADLINE_EXCEEDED = 4;
const OK = 0;

export function appendAnswer(written: Written, expected: Expectation): AppendResp {
  if (written.outcome === 'wrong expected version') {
    const wrong = new messages.AppendResp.WrongExpectedVersion();
    if (written.current === 'no_stream') wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(written.current));
    if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else wrong.setExpectedRevision(String(expected));
    return new messages.AppendResp().setWrongExpectedVersion(wrong);
  }
  const position = new messages.AppendResp.Position()
    .setCommitPosition(String(written.position))
    .setPreparePosition(String(written.position));
  const success = new messages.AppendResp.Success()
    .setCurrentRevision(String(written.revision))
    .setPosition(position);
  return new messages.AppendResp().setSuccess(success);
}

export function batchAnswer(written: Written, expected: Expectation): BatchAppendResp {
  if (written.outcome === 'wrong expected version') {
    const wrong = new shared.WrongExpectedVersion();
    if (written.current === 'no_stream') wrong.setCurrentNoStream(new empty.Empty());
    else wrong.setCurrentStreamRevision(String(written.current));
    if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
    else wrong.setExpectedStreamPosition(String(expected));
    const detail = pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
    return new messages.BatchAppendResp().setError(
      new status.Status().setCode(ALREADY_EXISTS).setMessage('WrongExpectedVersion').setDetails(detail),
    );
  }
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(written.position))
    .setPreparePosition(String(written.position));
  const success = new messages.BatchAppendResp.Success()
    .setCurrentRevision(String(written.revision))
    .setPosition(position);
  return new messages.BatchAppendResp().setSuccess(success);
}

export type Refusal = 'not ready' | 'timed out';

/** Answers about one append; nothing was stored by it. */
export function refusal(kind: Refusal): Status {
  switch (kind) {
    case 'not ready':
      return new status.Status()
        .setCode(OK)
        .setMessage('Server Is Not Ready')
        .setDetails(pack(new empty.Empty().serializeBinary(), 'google.protobuf.Empty'));
    case 'timed out':
      return new status.Status()
        .setCode(DEADLINE_EXCEEDED)
        .setMessage('Timeout')
        .setDetails(pack(new shared.Timeout().serializeBinary(), 'event_store.client.Timeout'));
    default:
      return kind satisfies never;
  }
}

function pack(message: Uint8Array, typeName: string) {
  const packed = new any.Any();
  packed.pack(message, typeName);
  return packed;
}
