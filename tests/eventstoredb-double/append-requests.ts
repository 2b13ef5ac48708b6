import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Expectation, ProposedEvent } from './transaction-log.ts';

interface Target {
  readonly stream: string;
  readonly expected: Expectation;
}

export function expectation(options: AppendReq.Options | undefined): Target {
  if (!options) throw new Error('an append begins with its options');
  return {
    stream: text(options.getStreamIdentifier()?.getStreamName_asU8()),
    expected: options.hasNoStream()
      ? 'no_stream'
      : options.hasAny()
        ? 'any'
        : options.hasStreamExists()
          ? 'stream_exists'
          : Number(options.getRevision()),
  };
}

export function batchExpectation(options: BatchAppendReq.Options): Target {
  return {
    stream: text(options.getStreamIdentifier()?.getStreamName_asU8()),
    expected: options.hasNoStream()
      ? 'no_stream'
      : options.hasAny()
        ? 'any'
        : options.hasStreamExists()
          ? 'stream_exists'
          : Number(options.getStreamPosition()),
  };
}

export const proposal = (message: AppendReq.ProposedMessage): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export const batchProposal = (message: BatchAppendReq.ProposedMessage): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
