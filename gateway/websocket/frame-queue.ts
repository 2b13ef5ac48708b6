import type { ClientFrame } from '../../protocol/client-frames.ts';
import { orderKey } from './frame-command.ts';
import type { Tally } from './tally.ts';

/** `waitedMs`: for its turn. Never rejects. */
export type AnswerFrame = (frame: ClientFrame, waitedMs: number) => Promise<void>;

interface WaitingFrame {
  readonly frame: ClientFrame;
  /** By `performance.now()`. */
  readonly since: number;
}

/**
 * The frames of one tab that are not answered yet. Those about the same thing are answered one after another, others
 * side by side; none before `start`.
 */
export class FrameQueue {
  readonly #limit: number;
  readonly #unanswered: Tally;
  readonly #answer: AnswerFrame;
  /** By order key; the first of a line is the one under way. */
  readonly #lines = new Map<string, WaitingFrame[]>();
  #size = 0;
  #started = false;

  /** `unanswered` counts the frames of all tabs. */
  constructor(limit: number, unanswered: Tally, answer: AnswerFrame) {
    this.#limit = limit;
    this.#unanswered = unanswered;
    this.#answer = answer;
  }

  /** false: there are too many already, this one is not kept. */
  add(frame: ClientFrame): boolean {
    if (this.#size >= this.#limit) return false;
    this.#size += 1;
    this.#unanswered.began();
    const key = orderKey(frame);
    const waiting = { frame, since: performance.now() };
    const line = this.#lines.get(key);
    if (line) line.push(waiting);
    else {
      const newLine = [waiting];
      this.#lines.set(key, newLine);
      if (this.#started) void this.#work(key, newLine);
    }
    return true;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const [key, line] of this.#lines) void this.#work(key, line);
  }

  /** Forgets those that are not under way. */
  dropWaiting(): void {
    for (const line of this.#lines.values()) {
      for (const _ of line.splice(this.#started ? 1 : 0)) this.#done();
    }
  }

  async #work(key: string, line: WaitingFrame[]): Promise<void> {
    for (let first = line[0]; first; first = line[0]) {
      await this.#answer(first.frame, performance.now() - first.since);
      line.shift();
      this.#done();
    }
    this.#lines.delete(key);
  }

  #done(): void {
    this.#size -= 1;
    this.#unanswered.ended();
  }
}
