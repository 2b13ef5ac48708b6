import { Counter, Gauge, type Registry } from 'prom-client';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import { CLOSE_CODES, type CloseCodeName } from '../../protocol/close-codes.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';

/** `fresh`: no cursor; `reload`: the tab was told to; `refilled`: a hole in the live pushes; `failed`: closed instead. */
export type ReplayOutcome = 'fresh' | 'recovered' | 'reload' | 'refilled' | 'failed';

export interface SocketMetrics {
  handshakeRefused(status: number): void;
  received(action: ClientFrame['action']): void;
  refused(code: ErrorCode): void;
  closed(by: CloseCodeName | 'client'): void;
  pushed(count: number): void;
  replayed(outcome: ReplayOutcome): void;
  /** A tab has to wait, because its user's tabs resume too fast. */
  delayed(): void;
}

export function createSocketMetrics(registry: Registry, openSockets: () => number): SocketMetrics {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `rally_websocket_${name}_total`, help, labelNames, registers });
  new Gauge({
    name: 'rally_websocket_open_sockets',
    help: 'WebSockets that are open.',
    registers,
    collect() {
      this.set(openSockets());
    },
  });
  const handshakes = counter('refused_handshakes', 'Handshakes that were refused, by HTTP status.', [
    'status',
  ]);
  const frames = counter('frames', 'Frames that kept to the protocol, by action.', ['action']);
  const refusals = counter('refusals', 'Frames that were refused, by error code.', ['code']);
  const closes = counter('closes', 'WebSockets that ended, by close code.', ['code']);
  const pushes = counter('pushes', 'Events sent to tabs, live or replayed.');
  const replays = counter('replays', 'Looks into the feed for what a tab missed, by outcome.', ['outcome']);
  const delays = counter(
    'delayed_resumes',
    'Resumes that waited, because too many of their user came in a second.',
  );
  return {
    handshakeRefused: (status) => handshakes.inc({ status }),
    received: (action) => frames.inc({ action }),
    refused: (code) => refusals.inc({ code }),
    closed: (by) => closes.inc({ code: by === 'client' ? by : String(CLOSE_CODES[by].code) }),
    pushed: (count) => pushes.inc(count),
    replayed: (outcome) => replays.inc({ outcome }),
    delayed: () => delays.inc(),
  };
}
