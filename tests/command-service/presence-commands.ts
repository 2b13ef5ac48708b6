import { randomUUID } from 'node:crypto';
import type { CommandOf } from '../../protocol/commands.ts';

type OpenSession = CommandOf<'open_session'>;
type DropSession = CommandOf<'drop_session'>;

/** A new tab of this user. */
export const open = (username: string, change: Partial<OpenSession> = {}): OpenSession => ({
  type: 'open_session',
  username,
  sessionId: randomUUID(),
  gatewayId: randomUUID(),
  loginId: randomUUID(),
  ...change,
});

/** That tab is closed. */
export const drop = (
  { username, sessionId }: OpenSession,
  change: Partial<DropSession> = {},
): DropSession => ({ type: 'drop_session', username, sessionId, reason: 'closed', graceMs: 3000, ...change });

export const settlePresence = (username: string): CommandOf<'settle_presence'> => ({
  type: 'settle_presence',
  username,
});
