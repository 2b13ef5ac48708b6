import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

export interface StreamFilter {
  matches(stream: string): boolean;
  /** Events looked at before a page of history ends. */
  readonly searchWindow: number;
  /** Events looked at, matching or not, before a checkpoint is sent. */
  readonly checkpointInterval: number;
}

/** The server's own window, when the client names none. */
const DEFAULT_WINDOW = 32;

export function streamFilter(options: ReadReq.Options.FilterOptions | undefined): StreamFilter {
  const searchWindow = options?.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  const expression = options?.getStreamIdentifier();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  return {
    matches: (stream) =>
      regex
        ? regex.test(stream)
        : prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix)),
    searchWindow,
    checkpointInterval: options ? searchWindow * options.getCheckpointintervalmultiplier() : Infinity,
  };
}
