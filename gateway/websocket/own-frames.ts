import type { ClientFrame } from '../../protocol/client-frames.ts';
import type { CommandReply } from '../../protocol/commands.ts';
import type { Session } from '../accounts/session.ts';

/** Frames that change nothing that is stored: the gateway answers them by itself. */
export type OwnFrame = Extract<ClientFrame, { action: 'typing' | 'watch_presence' }>;

export const isOwn = (frame: ClientFrame): frame is OwnFrame =>
  frame.action === 'typing' || frame.action === 'watch_presence';

/** The tab that sent a frame. */
export interface FrameSender {
  /** Once authenticated. */
  readonly session: Session | null;
}

/** Accepted at the newest place that is known, or refused. Never rejects. */
export type AnswerOwnFrame = (frame: OwnFrame, sender: FrameSender) => Promise<CommandReply>;

export const createOwnFrames = (): AnswerOwnFrame => async () => ({
  outcome: 'accepted',
  position: '0',
  changed: false,
});
