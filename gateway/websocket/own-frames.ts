import type { Logger } from 'pino';
import { Abandoned, Overloaded } from '../../platform/concurrency-limit.ts';
import { RetryAdvice } from '../../platform/retry-advice.ts';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import type { CommandReply } from '../../protocol/commands.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { ReadModelsUnavailable } from '../../read-models/snapshot.ts';
import type { ProjectedPosition } from '../projected-position.ts';
import { createReadInTurn, type FrameSender } from './own-reads.ts';
import { WatchedPresence, type WatchedPresenceParts } from './presence/watched-presence.ts';
import { Typing, type TypingParts } from './typing.ts';

/** Frames that change nothing that is stored: the gateway answers them by itself. */
export type OwnFrame = Extract<ClientFrame, { action: 'typing' | 'watch_presence' }>;

export const isOwn = (frame: ClientFrame): frame is OwnFrame =>
  frame.action === 'typing' || frame.action === 'watch_presence';

/** Accepted at the newest place that is known, or refused. Never rejects. */
export type AnswerOwnFrame = (frame: OwnFrame, sender: FrameSender) => Promise<CommandReply>;

export interface OwnFramesParts extends Omit<TypingParts & WatchedPresenceParts, 'read'> {
  readonly projected: Pick<ProjectedPosition, 'position' | 'waitFor'>;
  readonly logger: Logger;
}

export function createOwnFrames(parts: OwnFramesParts): AnswerOwnFrame {
  const { projected, presencePushes, logger } = parts;
  const read = createReadInTurn(parts.patienceMs);
  const typing = new Typing({ ...parts, read });
  const watched = new WatchedPresence({ ...parts, read });
  const retryAdvice = new RetryAdvice();

  const answer = (frame: OwnFrame, sender: FrameSender): Promise<ErrorCode | null> =>
    frame.action === 'typing'
      ? typing.begin(frame.data.chat_id, sender)
      : watched.watch(frame.data.usernames, sender);

  function newest(): bigint {
    const known = [projected.position, presencePushes.last?.position ?? 0n];
    return known.reduce((newest, position) => (position > newest ? position : newest), 0n);
  }

  function refusalOf(error: unknown): CommandReply {
    const isExpected =
      error instanceof ReadModelsUnavailable || error instanceof Overloaded || error instanceof Abandoned;
    if (!isExpected) logger.error({ err: error }, 'a frame could not be answered');
    return isExpected
      ? { outcome: 'refused', code: 'unavailable', retryAfterMs: retryAdvice.nextMs() }
      : { outcome: 'refused', code: 'internal' };
  }

  return async (frame, sender) => {
    try {
      const code = await answer(frame, sender);
      if (code !== null) return { outcome: 'refused', code };
      return { outcome: 'accepted', position: newest().toString(), changed: false };
    } catch (error) {
      return refusalOf(error);
    }
  };
}
