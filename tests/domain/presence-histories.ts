import fc from 'fast-check';
import {
  DROP_REASONS,
  type DropSession,
  type LiveSession,
  type OpenSession,
  type Presence,
  type PresenceEvent,
} from '../../domain/presence.ts';
import { date, is, issued, name, oneOf, wildText } from './histories.ts';

const sessionId = oneOf('session', 'other session');
const liveSessions: fc.Arbitrary<LiveSession[]> = fc.array(
  fc.record({ sessionId, gatewayId: wildText, loginId: wildText, openedAt: date }),
  { maxLength: 3 },
);
const ofPresence = { username: name, sessions: liveSessions, since: date, date };
const reason = fc.constantFrom(...DROP_REASONS);
export const presenceEvent: fc.Arbitrary<PresenceEvent> = fc.oneof(
  fc.record({ type: is('SessionOpened'), data: fc.record({ ...ofPresence, sessionId }) }),
  fc.record({
    type: is('SessionDropped'),
    data: fc.record({ ...ofPresence, sessionId, reason, offlineAt: fc.option(date) }),
  }),
  fc.record({ type: is('UserCameOnline'), data: fc.record(ofPresence) }),
  fc.record({ type: is('UserWentOffline'), data: fc.record(ofPresence) }),
);
export const presence: fc.Arbitrary<Presence> = fc.record({
  isOnline: fc.boolean(),
  sessions: liveSessions,
  since: fc.option(date),
  offlineAt: fc.option(date),
});
const ofUser = { ...issued, username: name };
export const openSession: fc.Arbitrary<OpenSession> = fc.record({
  ...ofUser,
  sessionId,
  gatewayId: wildText,
  loginId: wildText,
});
export const dropSession: fc.Arbitrary<DropSession> = fc.record({
  ...ofUser,
  sessionId,
  reason,
  graceMs: fc.nat(),
});
export const settlePresence = fc.record(ofUser);
