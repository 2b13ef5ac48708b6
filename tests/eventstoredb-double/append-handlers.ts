import messages, {
  type AppendReq,
  type AppendResp,
  type BatchAppendReq,
  type BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import { appendAnswer, batchAnswer, refusal } from './append-answers.ts';
import { batchExpectation, batchProposal, expectation, proposal } from './append-requests.ts';
import type { Faults } from './faults.ts';
import { connectionLost, notLeader } from './rpc-status.ts';
import type { ProposedEvent, TransactionLog } from './transaction-log.ts';

export interface AppendHandlers {
  append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void;
  batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void;
}

export function appendHandlers(log: TransactionLog, faults: Faults, port: () => number): AppendHandlers {
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
        answer(null, appendAnswer(log.append(stream, expected, events), expected));
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
          if (call.writable) call.write(response);
        };
        const store = () => batchAnswer(log.append(stream, expected, append.events), expected);
        const fault = faults.onAppend(stream);
        switch (fault.kind) {
          case 'none':
            return respond(store());
          case 'delayed':
            return void setTimeout(() => respond(store()), fault.ms);
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
            return respond(new messages.BatchAppendResp().setError(refusal(fault.kind)));
          default:
            return fault satisfies never;
        }
      });
      call.on('end', () => call.end());
      call.on('error', () => partial.clear());
    },
  };
}
