import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../../platform/clock.ts';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { WaitGroup } from '../../platform/wait-group.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { Sessions } from '../accounts/session.ts';
import type { ClientAddressOf } from '../client-address.ts';
import type { SendCommands } from '../command-client.ts';
import type { GatewayConfiguration } from '../configuration.ts';
import type { Leader } from '../leader.ts';
import type { Presence } from '../presence/presence.ts';
import type { ProjectedPosition } from '../projected-position.ts';
import type { AllowsOrigin } from '../public-address.ts';
import type { AnswerHandshake, EncodeText, HandshakeAnswer } from '../public-server/public-server.ts';
import { Audiences } from './audiences.ts';
import { openAndClose } from './closing.ts';
import { drainTabs } from './drain-tabs.ts';
import { createAskFrames } from './frame-queue.ts';
import { judgeHandshake } from './handshake.ts';
import { createJoin } from './join.ts';
import { LiveSessions } from './live-sessions.ts';
import { MissedPushes } from './missed-pushes.ts';
import { createOwnFrames } from './own-frames.ts';
import { Pings } from './pings.ts';
import { PresencePushes } from './presence/presence-pushes.ts';
import { createSocketMetrics } from './socket-metrics.ts';
import { SocketPlaces } from './socket-places.ts';
import type { TabContext } from './tab.ts';
import { Tab } from './tab.ts';

export interface WebSocketGatewayParts {
  readonly sessions: Sessions;
  readonly sendCommands: SendCommands;
  readonly readModels: Pick<ReadModels, 'missed' | 'presenceSince' | 'presenceOf' | 'typingTarget'>;
  readonly leader: Pick<Leader, 'published' | 'publishedWithin'>;
  readonly projected: Pick<ProjectedPosition, 'position' | 'waitFor'>;
  readonly presence: Omit<Presence, 'close'>;
  readonly bus: MessageBus;
  readonly allowsOrigin: AllowsOrigin;
  readonly clientAddressOf: ClientAddressOf;
  readonly encodeText: EncodeText;
  readonly configuration: Pick<
    GatewayConfiguration,
    | 'FRAME_LIMIT_PER_S'
    | 'PENDING_SOCKETS_PER_ADDRESS'
    | 'SOCKETS_PER_USER'
    | 'RESUMES_PER_USER_PER_S'
    | 'PENDING_FRAMES_LIMIT'
    | 'RESUME_LIMIT'
    | 'CATCH_UP_TIMEOUT_MS'
    | 'SLOW_CONSUMER_BYTES'
    | 'COMMAND_TIMEOUT_MS'
    | 'PING_INTERVAL_S'
  >;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface WebSocketGateway {
  readonly answerHandshake: AnswerHandshake;
  /**
   * From now on new tabs and new frames are turned away; frames under way are answered (at most a command's time is
   * waited for), then every tab is told to come back. Resolves when the sockets have ended, or a second later.
   */
  drain(): Promise<void>;
}

/** `/ws/events`: the WebSocket half of the gateway. */
export function createWebSocketGateway(parts: WebSocketGatewayParts): WebSocketGateway {
  const { sessions, readModels, presence, bus, configuration, logger, clock } = parts;
  const tabs = new Set<Tab>();
  const openSockets = new WaitGroup();
  const metrics = createSocketMetrics(parts.registry, () => openSockets.underWay);
  const liveSessions = new LiveSessions({
    sessions,
    bus,
    clock,
    logger,
    onActive: (sessionId) => presence.heardActive(sessionId),
  });
  const presencePushes = new PresencePushes({
    ...parts,
    presenceSince: readModels.presenceSince,
  });
  const missedPushes = new MissedPushes({
    missed: readModels.missed,
    leader: parts.leader,
    projected: parts.projected,
    presencePushes,
    limit: configuration.RESUME_LIMIT,
    patienceMs: configuration.CATCH_UP_TIMEOUT_MS,
    metrics,
    logger,
  });
  const audiences = new Audiences(bus, (behind) => void missedPushes.refill(behind), logger);
  const places = new SocketPlaces({
    pendingSockets: configuration.PENDING_SOCKETS_PER_ADDRESS,
    userSockets: configuration.SOCKETS_PER_USER,
    framesPerSecond: configuration.FRAME_LIMIT_PER_S,
    resumesPerSecond: configuration.RESUMES_PER_USER_PER_S,
  });
  const pingIntervalS = configuration.PING_INTERVAL_S;
  const pings = new Pings(pingIntervalS * 1000, (tab) => {
    if (!tab.session) return;
    const expires_at = liveSessions.expiresAt(tab.session).toISOString();
    tab.ping({ action: 'ping', data: { date: clock().toISOString(), expires_at } });
  });
  const join = createJoin({
    sessions,
    liveSessions,
    audiences,
    presencePushes,
    missedPushes,
    pings,
    presence,
    pingIntervalS,
    metrics,
    logger,
  });
  const answerOwnFrame = createOwnFrames({
    ...parts,
    presencePushes,
    presenceOf: readModels.presenceOf,
    typingTarget: readModels.typingTarget,
    tellUser: (username, texts) => audiences.tellUser(username, texts),
    patienceMs: configuration.COMMAND_TIMEOUT_MS,
  });
  let draining: Promise<void> | null = null;

  const context: TabContext = {
    limits: {
      framesPerSecond: configuration.FRAME_LIMIT_PER_S,
      unansweredFrames: configuration.PENDING_FRAMES_LIMIT,
      unsentBytes: configuration.SLOW_CONSUMER_BYTES,
    },
    clock,
    metrics,
    unanswered: new WaitGroup(),
    askFrames: createAskFrames(parts.sendCommands, answerOwnFrame, parts.newId, metrics, logger),
    newId: parts.newId,
    tellOtherTabs(tab, texts) {
      if (tab.session) audiences.tellOtherTabs(tab, tab.session.username, texts);
    },
    isDraining: () => draining !== null,
    active: ({ sessionId }) => presence.active(sessionId),
    left(tab, by) {
      tabs.delete(tab);
      presence.leave(tab, by);
      pings.remove(tab);
      presencePushes.leave(tab);
      if (!tab.session) return;
      liveSessions.remove(tab, tab.session);
      audiences.leave(tab, tab.session.username);
    },
    closed: () => openSockets.done(),
  };

  bus.onInterrupted(() => {
    presencePushes.interrupted();
    void missedPushes.refill([...tabs].filter((tab) => tab.feed.interrupt()));
    liveSessions.lookUpAll();
  });

  presence.onFenced(() => {
    for (const tab of [...tabs]) tab.close('CANCELLED');
  });

  function refuse(status: number): HandshakeAnswer {
    metrics.handshakeRefused(status);
    return { outcome: 'refused', status };
  }

  return {
    answerHandshake(handshake) {
      const judged = judgeHandshake(handshake, parts.allowsOrigin);
      if (judged.verdict === 'refused') return refuse(judged.status);
      const address = parts.clientAddressOf(handshake.remoteAddress, handshake.headers['x-forwarded-for']);
      if (!places.hasRoom(address)) return refuse(429);
      const takePlace = () => places.open(address);
      if (judged.verdict === 'unknown_route') return openAndClose('UNKNOWN_ROUTE', takePlace, metrics);
      const { request, protocol } = judged;
      if (draining) return openAndClose('CANCELLED', takePlace, metrics, protocol);
      const { accessToken, cursor } = request;
      if (accessToken === null) return openAndClose('ILLEGAL_CONNECTION', takePlace, metrics, protocol);
      return {
        outcome: 'accepted',
        ...(protocol !== undefined && { protocol }),
        open(socket) {
          const tab = new Tab(socket, takePlace(), cursor, context);
          tabs.add(tab);
          openSockets.add();
          void join(tab, accessToken);
          return tab;
        },
      };
    },
    drain() {
      draining ??= drainTabs(tabs, context.unanswered, openSockets, configuration.COMMAND_TIMEOUT_MS).then(
        () => {
          pings.stop();
          return liveSessions.stop();
        },
      );
      return draining;
    },
  };
}
