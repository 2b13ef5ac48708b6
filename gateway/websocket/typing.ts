import type { Clock } from '../../platform/clock.ts';
import { replyText } from '../../protocol/frame-texts.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import type { FrameSender, ReadInTurn } from './own-reads.ts';

/** Of a tab's frames about one chat, one goes on in so long. */
const PAUSE_MS = 2000;

export interface TypingParts {
  readonly typingTarget: ReadModels['typingTarget'];
  readonly read: ReadInTurn;
  readonly clock: Clock;
  /** Tells all tabs of a user, at every gateway. It may get lost. */
  tellUser(username: string, texts: readonly string[]): void;
}

/** Tells the other one of a chat that somebody is writing. */
export class Typing {
  readonly #parts: TypingParts;
  /** When a frame about a chat went on, the oldest first: of each tab not more than it may send in `PAUSE_MS`. */
  readonly #wentOn = new WeakMap<FrameSender, Map<string, number>>();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  /** null: taken, whether anybody is told or not. */
  async begin(chatId: string, sender: FrameSender): Promise<'chat_not_found' | null> {
    const { typingTarget, read, tellUser } = this.#parts;
    const username = sender.session?.username;
    if (username === undefined || this.#isHeldBack(chatId, sender)) return null;
    const { answer: target } = await read(sender, () => typingTarget(username, chatId));
    if (!target) return 'chat_not_found';
    this.#wentOn.get(sender)?.set(chatId, this.#now());
    if (target.is_blocked) return null;
    tellUser(target.username, [replyText({ action: 'typing', data: { chat_id: chatId, username } })]);
    return null;
  }

  #isHeldBack(chatId: string, sender: FrameSender): boolean {
    const wentOn = this.#wentOn.get(sender) ?? new Map<string, number>();
    this.#wentOn.set(sender, wentOn);
    for (const [chat, at] of wentOn) {
      if (this.#isRecent(at)) break;
      wentOn.delete(chat);
    }
    const last = wentOn.get(chatId);
    return last !== undefined && this.#isRecent(last);
  }

  /** A clock that was set back tells nothing. */
  #isRecent(at: number): boolean {
    const passed = this.#now() - at;
    return passed >= 0 && passed < PAUSE_MS;
  }

  #now(): number {
    return this.#parts.clock().getTime();
  }
}
