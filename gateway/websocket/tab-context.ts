import type { Clock } from '../../platform/clock.ts';
import type { WaitGroup } from '../../platform/wait-group.ts';
import type { AskFrames } from './answer-frames.ts';
import type { SocketMetrics } from './socket-metrics.ts';

/** What all tabs of a gateway share. */
export interface TabContext<Tab> {
  readonly limits: {
    readonly framesPerSecond: number;
    /** Of one tab, once it is welcomed. */
    readonly unansweredFrames: number;
    /** Of one tab, but for what a replay left. */
    readonly unsentBytes: number;
  };
  readonly clock: Clock;
  readonly metrics: SocketMetrics;
  readonly unanswered: WaitGroup;
  readonly askFrames: AskFrames;
  isDraining(): boolean;
  /** Called once: nothing is sent to the tab any more. */
  left(tab: Tab): void;
  /** Called once, with or after `left`: its connection has ended. */
  closed(tab: Tab): void;
}
