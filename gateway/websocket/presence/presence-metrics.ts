import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is kept at some moment. */
export interface PresenceSize {
  /** Users whose newest state some tab that hears of everybody may not have been sent. */
  readonly pendingUsers: number;
  /** Users that some tab watches. */
  readonly watchedUsers: number;
}

export interface PresenceMetrics {
  sent(frames: number): void;
  /** A newer state came before some tab had been sent this one. */
  leftOut(): void;
  /** All tabs have had their turn. */
  roundEnded(seconds: number): void;
}

const ROUND_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

export function createPresenceMetrics(registry: Registry, size: () => PresenceSize): PresenceMetrics {
  const registers = [registry];
  const frames = new Counter({
    name: 'rally_websocket_presence_frames_total',
    help: 'Frames sent to tabs that say who is online.',
    registers,
  });
  const leftOut = new Counter({
    name: 'rally_websocket_presence_left_out_total',
    help: 'States of users that a newer one replaced before all tabs had been sent them.',
    registers,
  });
  const rounds = new Histogram({
    name: 'rally_websocket_presence_round_seconds',
    help: 'How long it took until all tabs had had their turn to be told who is online, with the pauses for everything else.',
    buckets: ROUND_SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, value: (now: PresenceSize) => number) =>
    new Gauge({
      name: `rally_websocket_presence_${name}`,
      help,
      registers,
      collect() {
        this.set(value(size()));
      },
    });
  gauge(
    'pending_users',
    'Users whose newest state some tab that hears of everybody may not have been sent.',
    (now) => now.pendingUsers,
  );
  gauge('watched_users', 'Users that some tab watches.', (now) => now.watchedUsers);
  return {
    sent: (count) => frames.inc(count),
    leftOut: () => leftOut.inc(),
    roundEnded: (seconds) => rounds.observe(seconds),
  };
}
