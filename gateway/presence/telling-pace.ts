import { backoffMs } from '../../platform/pause.ts';
import { COMMANDS_LIMIT } from '../../protocol/commands.ts';

/** They keep command services busy, and are no load for them. */
const REQUESTS_AT_ONCE = 4;

/**
 * After something was told, what comes is gathered for so long, or until there is as much as may be told at once. When everybody comes
 * back together, that makes a few large appends of many small ones, and leaves the processor to whoever has not been welcomed yet.
 */
export const GATHER_MS = 100;
const GATHERED_AT_MOST = REQUESTS_AT_ONCE * COMMANDS_LIMIT;

/** Waiting after a failure doubles, from the one to the other. */
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2000;

/** How long to wait after so many failures in a row. */
export const retryMs = (failures: number): number =>
  backoffMs(failures - 1, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS);

/**
 * When a gateway may tell the log which tabs count, and how much at once: after a quiet moment at once, and what comes right after it
 * together, up to `GATHER_MS` later. Who does not answer is asked ever less often, and by one command at a time until there is an answer.
 */
export class TellingPace {
  readonly #goOn: () => void;
  #requests = 0;
  #failures = 0;
  #isPausing = false;
  #gathering: NodeJS.Timeout | null = null;

  /** `goOn` is called each time that a wait is over. */
  constructor(goOn: () => void) {
    this.#goOn = goOn;
  }

  /** Whether some of so many changes may be told now. */
  allows(changes: number): boolean {
    return this.#gathering === null || changes >= GATHERED_AT_MOST;
  }

  /** For one more request. */
  get hasRoom(): boolean {
    return !this.#isPausing && this.#requests < (this.#failures > 0 ? 1 : REQUESTS_AT_ONCE);
  }

  /** Commands of a request. */
  get commandsAtOnce(): number {
    return this.#failures > 0 ? 1 : COMMANDS_LIMIT;
  }

  /** A request is sent, which will be `answered`. */
  asked(): void {
    this.#requests += 1;
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => {
      this.#gathering = null;
      this.#goOn();
    }, GATHER_MS).unref();
  }

  /** false: nothing was accepted. Requests that fail together count as one. */
  answered(isAccepted: boolean): void {
    this.#requests -= 1;
    if (isAccepted) this.#failures = 0;
    if (isAccepted || this.#isPausing) return;
    this.#failures += 1;
    this.#isPausing = true;
    const goOn = () => {
      this.#isPausing = false;
      this.#goOn();
    };
    setTimeout(goOn, retryMs(this.#failures)).unref();
  }
}
