import type { Clock } from '../../platform/clock.ts';
import type { WaitGroup } from '../../platform/wait-group.ts';
import type { ClientFrame } from '../../protocol/client-frames.ts';
import type { CloseCodeName } from '../../protocol/close-codes.ts';
import type { Cursor } from '../../protocol/cursor.ts';
import { refusalFrame, replyText } from '../../protocol/frame-texts.ts';
import type { Push, PushOrHole } from '../../protocol/pushes.ts';
import type { PingFrame, WelcomeFrame } from '../../protocol/server-frames.ts';
import type { Missed } from '../../read-models/feed/missed.ts';
import type { Session } from '../accounts/session.ts';
import { FrameRate } from '../frame-rate.ts';
import type { Socket, SocketHandlers } from '../public-server/public-server.ts';
import { closeSocket } from './closing.ts';
import type { AskFrames } from './frame-queue.ts';
import { FrameQueue } from './frame-queue.ts';
import { readFrame } from './frame-routes.ts';
import type { SocketMetrics } from './socket-metrics.ts';
import type { SocketPlace } from './socket-places.ts';
import { type PublishedPushes, TabFeed } from './tab-feed.ts';
import type { UserAllowance } from './user-allowance.ts';

/**
 * One browser tab's WebSocket. Thousands sit idle, so one holds no timer, and what only a busy one needs comes with
 * its first frame.
 */
export class Tab implements SocketHandlers {
  /** By which it can be left out of what its user's tabs are told. */
  readonly id: string;
  readonly feed: TabFeed<PushOrHole, string>;
  readonly place: SocketPlace;
  readonly #socket: Socket;
  readonly #context: TabContext;
  #session: Session | null = null;
  #user: UserAllowance | null = null;
  #isOpen = true;
  #isWelcomed = false;
  #frames: FrameQueue | null = null;
  #rate: FrameRate | null = null;
  #unsentLimit: number;
  #cut: NodeJS.Timeout | undefined;

  constructor(socket: Socket, place: SocketPlace, after: Cursor | null, context: TabContext) {
    this.#socket = socket;
    this.id = context.newId();
    this.place = place;
    this.#context = context;
    this.#unsentLimit = context.limits.unsentBytes;
    this.feed = new TabFeed(after, ({ text }) => text);
  }

  /** Once authenticated. */
  get session(): Session | null {
    return this.#session;
  }

  /** What it shares with the user's other tabs, once authenticated. */
  get user(): UserAllowance | null {
    return this.#user;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isWelcomed(): boolean {
    return this.#isWelcomed;
  }

  /** What it has said already counts for the user as well. */
  authenticated(session: Session, user: UserAllowance): void {
    this.#session = session;
    this.#user = user;
    const now = this.#context.clock().getTime();
    for (let frames = this.#frames?.size ?? 0; frames > 0; frames -= 1)
      if (user.isExceededAt(now)) this.close('RATE_LIMITED');
  }

  message(text: string | null): void {
    if (!this.#isOpen) return;
    const { limits, clock, metrics, isDraining } = this.#context;
    this.#rate ??= new FrameRate(limits.framesPerSecond);
    const now = clock().getTime();
    if (this.#rate.isExceededAt(now) || this.#user?.isExceededAt(now)) {
      this.close('RATE_LIMITED');
      return;
    }
    const frame = readFrame(text);
    if (text === null || !frame) {
      this.close('BAD_DATA');
      return;
    }
    metrics.received(frame.action);
    if (this.#session) this.#context.active(this.#session);
    this.#frames ??= this.#createQueue();
    if (isDraining() || !this.#frames.add(frame, text)) this.#refuse(frame);
  }

  flooded(): void {
    this.close('RATE_LIMITED');
  }

  closed(): void {
    clearTimeout(this.#cut);
    this.#leave('client');
    this.place.leave();
    this.#context.closed(this);
  }

  close(name: CloseCodeName): void {
    if (!this.#isOpen) return;
    this.#leave(name);
    // What the client asked for and the server then refuses to talk about is not carried out behind its back.
    this.#frames?.dropWaiting();
    this.#cut = closeSocket(this.#socket, name);
  }

  /** From now on frames are answered. */
  welcome(frame: WelcomeFrame): void {
    this.#send([replyText(frame)]);
    this.#isWelcomed = true;
    this.#frames?.start();
  }

  unsentBytes(): number {
    return this.#socket.unsentBytes();
  }

  /** Frames that are the same for many tabs. */
  sendEncoded(encoded: readonly Buffer[]): void {
    if (!this.#isOpen) return;
    this.#socket.sendEncoded(encoded);
    this.#watchUnsent();
  }

  ping(frame: PingFrame): void {
    this.#send([replyText(frame)]);
  }

  /** Events of the past: however many, they do not make the tab a slow one. */
  replay(pushes: readonly Push[]): void {
    if (!this.#isOpen || pushes.length === 0) return;
    this.#context.metrics.pushed(pushes.length);
    this.#socket.sendAll(pushes.map(({ text }) => text));
    this.#unsentLimit = this.#context.limits.unsentBytes + this.#socket.unsentBytes();
  }

  /**
   * The tab has everything up to here: live pushes that were held meanwhile follow. If one of them is of another log, nobody
   * would look up what follows it: the tab is closed, and resumes.
   */
  goLive({ upTo, epoch }: Pick<Missed, 'upTo' | 'epoch'>): void {
    this.#sendPushes(this.feed.goLive(upTo, epoch));
    if (!this.feed.isLive) this.close('CANCELLED');
  }

  /** false: there was a hole, and somebody has to look up what the tab missed. */
  push(published: PublishedPushes): boolean {
    const wasLive = this.feed.isLive;
    this.#sendPushes(this.feed.take(published));
    return this.feed.isLive || !wasLive;
  }

  #sendPushes(texts: readonly string[]): void {
    if (this.#isOpen) this.#context.metrics.pushed(texts.length);
    this.#send(texts);
  }

  #send(texts: readonly string[]): void {
    const [only] = texts;
    if (only === undefined || !this.#isOpen) return;
    if (texts.length === 1) this.#socket.send(only);
    else this.#socket.sendAll(texts);
    this.#watchUnsent();
  }

  #watchUnsent(): void {
    const unsent = this.#socket.unsentBytes();
    if (unsent <= this.#context.limits.unsentBytes) this.#unsentLimit = this.#context.limits.unsentBytes;
    else if (unsent > this.#unsentLimit) this.close('SLOW_CONSUMER');
  }

  #createQueue(): FrameQueue {
    const { limits, unanswered, askFrames } = this.#context;
    const queue = new FrameQueue(limits.unansweredFrames, unanswered, async (frames, waitedMs) => {
      const { asker, others } = await askFrames(frames, this, waitedMs);
      this.#send(asker);
      if (others.length > 0) this.#context.tellOtherTabs(this, others);
    });
    if (this.#isWelcomed) queue.start();
    return queue;
  }

  #refuse(frame: ClientFrame): void {
    this.#context.metrics.refused('unavailable');
    this.#send([replyText(refusalFrame('unavailable', frame.request_id))]);
  }

  #leave(by: CloseCodeName | 'client'): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (!this.#isWelcomed) this.#frames?.dropWaiting();
    this.#context.metrics.closed(by);
    this.#context.left(this, by);
  }
}

/** What all tabs of a gateway share. */
export interface TabContext {
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
  readonly newId: () => string;
  /** Tells the other tabs of the tab's user. */
  tellOtherTabs(tab: Tab, texts: readonly string[]): void;
  isDraining(): boolean;
  /** A frame has come of it. */
  active(session: Session): void;
  /** Called once: nothing is sent to the tab any more. */
  left(tab: Tab, by: CloseCodeName | 'client'): void;
  /** Called once, with or after `left`: its connection has ended. */
  closed(tab: Tab): void;
}
