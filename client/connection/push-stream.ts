import type { Arrival } from '../live.ts';
import { isAfter, isOfSameLog } from '../places.ts';
import { tellAll } from '../readable.ts';
import type { PushAction, PushFrame, PushOf, WelcomeFrame } from '../wire.ts';

type Welcome = WelcomeFrame['data'];
type PushHandler = (frame: PushFrame, arrival: Arrival) => void;

/** So many places behind the newest are remembered one by one. What comes from further back has been there. */
const REMEMBERED = 500;

/** What the server pushes, over however many sockets: each once, with the place to go on from. */
export class PushStream {
  readonly #any = new Set<PushHandler>();
  readonly #single = new Set<PushHandler>();
  readonly #welcomes = new Set<(welcome: Welcome) => void | Promise<void>>();
  /** Up to here everything is known; beyond, what is in `#seen`. */
  #floor = '';
  readonly #seen = new Set<string>();
  #username: string | null = null;
  /** What has come before the welcome: only that tells whose it is. null: there was one. */
  #replay: PushFrame[] | null = null;
  #cursor = '';

  /** Of the newest push or welcome; empty: none. */
  get cursor(): string {
    return this.#cursor;
  }

  /** There is a new socket. */
  begin(): void {
    this.#replay = [];
  }

  take(frame: PushFrame): void {
    if (this.#replay) this.#replay.push(frame);
    else this.#handOut(frame, { isReplayed: false });
  }

  /** Hands out what was missed, unless it is another user's, then tells of the welcome. Resolves when nobody loads any more. */
  async welcome(data: Welcome): Promise<void> {
    const missed = this.#replay ?? [];
    this.#replay = null;
    const isSameUser = this.#username === null || data.username === this.#username;
    this.#username = data.username;
    const recovered = data.recovered && isSameUser;
    if (recovered) for (const frame of missed) this.#handOut(frame, { isReplayed: true });
    if (!recovered || isAfter(data.cursor, this.#cursor)) this.#cursor = data.cursor;
    this.#floor = this.#cursor;
    this.#seen.clear();
    const loads: unknown[] = [];
    tellAll(this.#welcomes, (handler) => loads.push(handler({ ...data, recovered })));
    await Promise.allSettled(loads);
  }

  on<Action extends PushAction>(
    action: Action,
    handler: (frame: PushOf<Action>, arrival: Arrival) => void,
  ): () => void {
    return added(this.#single, (frame: PushFrame, arrival: Arrival) => {
      if (isOf(action, frame)) handler(frame, arrival);
    });
  }

  onPush(handler: PushHandler): () => void {
    return added(this.#any, (frame: PushFrame, arrival: Arrival) => handler(frame, arrival));
  }

  onWelcome(handler: (welcome: Welcome) => void | Promise<void>): () => void {
    return added(this.#welcomes, (welcome: Welcome) => handler(welcome));
  }

  /** The place is remembered before anybody acts on it: who fails is not told again. */
  #handOut(frame: PushFrame, arrival: Arrival): void {
    if ('cursor' in frame && !this.#isNew(frame.cursor)) return;
    tellAll(this.#any, (handler) => handler(frame, arrival));
    tellAll(this.#single, (handler) => handler(frame, arrival));
  }

  #isNew(cursor: string): boolean {
    const isSameLog = isOfSameLog(cursor, this.#cursor);
    if (isSameLog && (this.#seen.has(cursor) || !isAfter(cursor, this.#floor))) return false;
    if (!isSameLog || isAfter(cursor, this.#cursor)) this.#cursor = cursor;
    this.#seen.add(cursor);
    if (this.#seen.size > REMEMBERED) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#seen;
    this.#seen.delete(oldest);
    if (isAfter(oldest, this.#floor)) this.#floor = oldest;
  }
}

function added<Handler>(handlers: Set<Handler>, handler: Handler): () => void {
  handlers.add(handler);
  return () => void handlers.delete(handler);
}

const isOf = <Action extends PushAction>(action: Action, frame: PushFrame): frame is PushOf<Action> =>
  frame.action === action;
