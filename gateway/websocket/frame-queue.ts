import type { WaitGroup } from '../../platform/wait-group.ts';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import { COMMANDS_LIMIT } from '../../protocol/commands.ts';
import { routeOf } from './frame-routes.ts';

/**
 * Before it starts, nobody knows whether the frames will ever be answered: so many are kept, of so many bytes together.
 * Four are as large as frames may be.
 */
const UNSTARTED_FRAMES = 32;
const UNSTARTED_BYTES = 64 * 1024;

/** At least one frame; `waitedMs`: what each has waited for its turn. Never rejects. */
export type AnswerFrames = (frames: readonly ClientFrame[], waitedMs: readonly number[]) => Promise<void>;

interface WaitingFrame {
  readonly frame: ClientFrame;
  /** By `performance.now()`. */
  readonly since: number;
}

/**
 * The frames of one tab that are not answered yet. Those about the same thing are answered in order, others side by
 * side; none before `start`. What waits in a line goes on together as far as it may, once what went before is answered.
 */
export class FrameQueue {
  readonly #limit: number;
  readonly #unanswered: WaitGroup;
  readonly #answer: AnswerFrames;
  /** Those that wait, by the name of their line. A line without any has some under way. */
  readonly #lines = new Map<string, WaitingFrame[]>();
  #size = 0;
  #unstartedBytes = 0;
  #started = false;

  /** `unanswered` counts the frames of all tabs. */
  constructor(limit: number, unanswered: WaitGroup, answer: AnswerFrames) {
    this.#limit = limit;
    this.#unanswered = unanswered;
    this.#answer = answer;
  }

  /** Frames that are not answered yet. */
  get size(): number {
    return this.#size;
  }

  /** `text`: the frame as it came. false: there are too many already, this one is not kept. */
  add(frame: ClientFrame, text: string): boolean {
    if (this.#size >= this.#limit || !(this.#started || this.#hasRoomUnstarted(text))) return false;
    this.#size += 1;
    this.#unanswered.add();
    const name = routeOf(frame).line(frame);
    const waiting = { frame, since: performance.now() };
    const line = this.#lines.get(name);
    if (line) line.push(waiting);
    else {
      const newLine = [waiting];
      this.#lines.set(name, newLine);
      if (this.#started) void this.#work(name, newLine);
    }
    return true;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const [name, line] of this.#lines) void this.#work(name, line);
  }

  /** Forgets those that are not under way. */
  dropWaiting(): void {
    for (const line of this.#lines.values()) this.#done(line.splice(0).length);
  }

  async #work(name: string, line: WaitingFrame[]): Promise<void> {
    for (let group = takeGroup(line); group[0]; group = takeGroup(line)) {
      const now = performance.now();
      await this.#answer(
        group.map(({ frame }) => frame),
        group.map(({ since }) => now - since),
      );
      this.#done(group.length);
    }
    this.#lines.delete(name);
  }

  #hasRoomUnstarted(text: string): boolean {
    const bytes = this.#unstartedBytes + Buffer.byteLength(text);
    if (this.#size >= UNSTARTED_FRAMES || bytes > UNSTARTED_BYTES) return false;
    this.#unstartedBytes = bytes;
    return true;
  }

  #done(frames: number): void {
    this.#size -= frames;
    this.#unanswered.done(frames);
  }
}

/** The next one, and with it those of its neighbours that go together. */
function takeGroup(line: WaitingFrame[]): WaitingFrame[] {
  const alone = line.findIndex(({ frame }) => !routeOf(frame).together);
  const together = alone === -1 ? line.length : alone;
  return line.splice(0, Math.min(Math.max(together, 1), COMMANDS_LIMIT));
}
