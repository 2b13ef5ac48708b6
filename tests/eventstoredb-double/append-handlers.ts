import messages, {
  type AppendReq,
  type AppendResp,
  type BatchAppendReq,
  type BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import { appendAnswer, batchAnswer, type Refusal, refusal } from './append-answers.ts';
import { batchExpectation, batchProposal, expectation, proposal } from './append-requests.ts';
import { answerLate, type Faults } from './faults.ts';
import { connectionLost, notLeader } from './rpc-status.ts';
import type { ProposedEvent, TransactionLog } from './transaction-log.ts';

/** How long the server keeps an append that it has dropped. */
const GIVE_UP_MS = 2000;

export interface AppendHandlers {
  append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void;
  batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void;
}

export function appendHandlers(log: TransactionLog, faults: Faults, port: () => number): AppendHandlers {
  /** Places of appends that are written, not flushed yet, and so not answered. */
  const unflushed = new Set<bigint>();
  return {
    append(call, answer) {
      let options: AppendReq.Options | undefined;
      const events: ProposedEvent[] = [];
      call.on('data', (request: AppendReq) => {
        options ??= request.getOptions();
        const message = request.getProposedMessage();
        if (message) events.push(proposal(message));
      });
      call.on('end', () => {
        const { stream, expected } = expectation(options);
        const written = log.append(stream, expected, events);
        answerLate(faults, () => answer(null, appendAnswer(written, expected)));
      });
    },

    batchAppend(call) {
      const partial = new Map<string, { options: BatchAppendReq.Options; events: ProposedEvent[] }>();
      const breakOff = (error: Error) => call.emit('error', error);
      call.on('data', (request: BatchAppendReq) => {
        const id = request.getCorrelationId()?.getString() ?? '';
        const options = request.getOptions();
        if (options) partial.set(id, { options, events: [] });
        const append = partial.get(id);
        if (!append) return;
        append.events.push(...request.getProposedMessagesList().map(batchProposal));
        if (!request.getIsFinal()) return;
        partial.delete(id);
        const { stream, expected } = batchExpectation(append.options);
        const respond = (response: BatchAppendResp) => {
          response.setCorrelationId(request.getCorrelationId());
          response.setStreamIdentifier(append.options.getStreamIdentifier());
          answerLate(faults, () => {
            if (call.writable) call.write(response);
          });
        };
        const store = () => log.append(stream, expected, append.events);
        const refuse = (kind: Refusal) => respond(new messages.BatchAppendResp().setError(refusal(kind)));
        const storeAndRespond = () => {
          const written = store();
          // A repetition before the first is flushed is dropped, and given up on in the end.
          if (written.outcome === 'stored before' && unflushed.has(written.position))
            return void setTimeout(() => refuse('timed out'), GIVE_UP_MS).unref();
          if (written.outcome !== 'stored') return respond(batchAnswer(written, expected));
          unflushed.add(written.position);
          setImmediate(() => {
            unflushed.delete(written.position);
            respond(batchAnswer(written, expected));
          });
        };
        const fault = faults.onAppend(stream);
        switch (fault.kind) {
          case 'none':
            return storeAndRespond();
          case 'delayed':
            return void setTimeout(storeAndRespond, fault.ms);
          case 'answer lost':
            return void store();
          case 'broken after commit':
            store();
            return void breakOff(connectionLost());
          case 'broken before commit':
            return void breakOff(connectionLost());
          case 'not leader':
            return void breakOff(notLeader(port()));
          case 'not ready':
          case 'timed out':
            return refuse(fault.kind);
          default:
            return fault satisfies never;
        }
      });
      call.on('end', () => call.end());
      call.on('error', () => partial.clear());
    },
  };
}
