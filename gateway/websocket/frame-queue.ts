import type { Logger } from 'pino';
import type { WaitGroup } from '../../platform/wait-group.ts';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import { COMMANDS_LIMIT, type CommandReply, type IdentifiedCommand } from '../../protocol/commands.ts';
import { replyText } from '../../protocol/frame-texts.ts';
import type { SendCommands } from '../command-client.ts';
import { routeOf } from './frame-routes.ts';
import { type AnswerOwnFrame, isOwn } from './own-frames.ts';
import type { FrameSender } from './own-reads.ts';
import type { SocketMetrics } from './socket-metrics.ts';

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

/** What is told when frames have been carried out, each in their order. */
export interface Told {
  /** To the tab that sent them. */
  readonly asker: readonly string[];
  /** To all other tabs of its user. */
  readonly others: readonly string[];
}

const NOTHING: Told = { asker: [], others: [] };

/** `sender` sent the frames, each `waitedMs` ago. Never rejects. */
export type AskFrames = (
  frames: readonly ClientFrame[],
  sender: FrameSender,
  waitedMs: readonly number[],
) => Promise<Told>;

/**
 * Has frames carried out. Every frame is a command of its own; a message that is sent twice is recognised by its own
 * id, whatever command brings it. An acceptance is told only to those who asked by `request_id`, a refusal always.
 */
export function createAskFrames(
  sendCommands: SendCommands,
  answerOwnFrame: AnswerOwnFrame,
  newId: () => string,
  metrics: SocketMetrics,
  logger: Logger,
): AskFrames {
  function identified(frame: ClientFrame): IdentifiedCommand[] {
    const id = newId();
    const command = routeOf(frame).command?.(frame, newId);
    return command ? [{ commandId: id, correlationId: id, command }] : [];
  }

  function toldOf(frame: ClientFrame, reply: CommandReply, about: object): Told {
    if (reply.outcome === 'refused') {
      metrics.refused(reply.code);
      logger.debug({ action: frame.action, code: reply.code, ...about }, 'frame refused');
      const { toUser, toTab } = routeOf(frame).refused(frame, reply);
      const others = toUser ? [replyText(toUser)] : [];
      return { asker: toTab ? [...others, replyText(toTab)] : others, others };
    }
    logger.debug({ action: frame.action, position: reply.position, ...about }, 'frame accepted');
    if (frame.request_id === undefined) return NOTHING;
    const ack = replyText({
      action: 'ack',
      request_id: frame.request_id,
      data: { position: reply.position, ...(reply.id !== undefined && { id: reply.id }) },
    });
    return { asker: [ack], others: [] };
  }

  return async (frames, sender, waitedMs) => {
    const actor = sender.session?.username ?? '';
    const [only] = frames;
    if (only && isOwn(only)) return toldOf(only, await answerOwnFrame(only, sender), { actor });
    const commands = frames.flatMap(identified);
    const replies = await sendCommands(actor, commands, waitedMs);
    const told = frames.map((frame, index) => {
      const [command, reply] = [commands[index], replies[index]];
      if (!command || !reply) return NOTHING;
      const { commandId, correlationId } = command;
      return toldOf(frame, reply, { actor, commandId, correlationId });
    });
    return {
      asker: told.flatMap(({ asker }) => asker),
      others: told.flatMap(({ others }) => others),
    };
  };
}
