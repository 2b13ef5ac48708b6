import type pg from 'pg';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../platform/clock.ts';
import { GATEWAYS } from '../../platform/liveness/configuration.ts';
import { createLastSeen } from '../../platform/liveness/last-seen.ts';
import { createMember } from '../../platform/liveness/members.ts';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import { SESSION_CHANGED, type SessionChange } from '../../protocol/subjects.ts';
import type { Session } from '../accounts/session.ts';
import type { SendCommands } from '../command-client.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import { Activity } from './activity.ts';
import { CountedTabs } from './counted-tabs.ts';
import { Membership } from './membership.ts';
import { SessionLog } from './session-log.ts';

/** Which tabs of this gateway count, and who does something. All of it takes note at once, and nothing throws. */
export interface Presence {
  /** A tab that has been welcomed counts from now on. It is known by whatever object stands for it. */
  join(tab: object, session: Session): void;
  /** However it ended. Of one that has not joined, or has left, nothing happens. */
  leave(tab: object, by: CloseCodeName | 'client'): void;
  /** Something came of a sign-in: a frame, a request, or a tab. */
  active(loginId: string): void;
  /** A gateway, perhaps this one, has told all gateways that something came of a sign-in after a silence. */
  heardActive(loginId: string): void;
  /** Called when this gateway has been taken for dead: no tab of it counts any more, and all have to come again. */
  onFenced(listener: () => void): void;
  /** When the tabs have left: tells what is left to be told, for a second at most, and that this gateway is gone. */
  close(): Promise<void>;
}

export interface PresenceOptions {
  /** Nothing else waits for it: one connection for beats, one for who does something. Stays the caller's. */
  readonly pool: pg.Pool;
  readonly sendCommands: SendCommands;
  readonly bus: MessageBus;
  readonly configuration: Pick<
    GatewayConfiguration,
    'OFFLINE_GRACE_MS' | 'SESSION_LEASE_S' | 'INACTIVITY_LIMIT_S'
  >;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** How long the ends of sessions are still told when this gateway ends. */
const SETTLE_MS = 1000;

/** Resolves when this gateway is known to live: tabs may come then. Rejects with the database's error. */
export async function openPresence(options: PresenceOptions): Promise<Presence> {
  const { pool, sendCommands, bus, configuration, logger, registry, clock, newId } = options;
  const limitMs = configuration.INACTIVITY_LIMIT_S * 1000;
  const fencedListeners: (() => void)[] = [];

  const log = new SessionLog({
    sendCommands,
    isAnsweredFor: () => membership.isAnsweredFor,
    graceMs: configuration.OFFLINE_GRACE_MS,
    newId,
  });
  const metrics = createSessionLogMetrics(registry, log);
  const membership = new Membership({
    createMember: (id) => createMember({ pool, group: GATEWAYS, id }),
    leaseMs: configuration.SESSION_LEASE_S * 1000,
    newId,
    now: () => performance.now(),
    logger,
    onFenced() {
      metrics.fenced.inc();
      log.forget();
      for (const listener of fencedListeners) listener();
    },
    onAnsweredFor: () => log.resume(),
  });
  const tabs = new CountedTabs({ log, gatewayId: () => membership.gatewayId, limitMs, clock, newId });
  const activity = new Activity({
    lastSeen: createLastSeen(pool),
    limitMs,
    clock,
    logger,
    onAwake(loginId) {
      tabs.renew(loginId);
      const change: SessionChange = { change: 'active', sessionId: loginId };
      bus.publish(SESSION_CHANGED, JSON.stringify(change));
    },
  });
  bus.onInterrupted(() => activity.forget());

  await membership.join();
  return {
    join(tab, session) {
      activity.saw(session.sessionId);
      tabs.join(tab, session);
    },
    leave: (tab, by) => tabs.leave(tab, by),
    active: (loginId) => activity.saw(loginId),
    heardActive(loginId) {
      activity.heard(loginId);
      tabs.renew(loginId);
    },
    onFenced: (listener) => fencedListeners.push(listener),
    async close() {
      const [isSettled] = await Promise.all([log.settle(SETTLE_MS), activity.stop()]);
      if (!isSettled) logger.warn({ untold: log.untold }, 'not all ends of sessions could be told');
      log.forget();
      await membership.leave(isSettled);
    },
  };
}

export function createSessionLogMetrics(registry: Registry, log: Pick<SessionLog, 'size' | 'untold'>) {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `rally_presence_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('sessions', 'Tabs of this gateway that count, and those whose users do nothing.', () => log.size);
  gauge(
    'untold_changes',
    'Sessions that began or ended, of which the log has not been told.',
    () => log.untold,
  );
  return {
    fenced: new Counter({
      name: 'rally_presence_fenced_total',
      help: 'How often this gateway was taken for dead while it lived.',
      registers,
    }),
  };
}
