import { Cell, type Readable } from '../readable.ts';
import type { PushFrame } from '../wire.ts';
import type { Holder, Keeper } from './keeper.ts';

/** As many as the server lets one tab watch. */
const WATCHED_LIMIT = 500;

/** Changes of the list within that time are one frame: rows of a list that is scrolled come and go together. */
const TOGETHER_MS = 50;

interface Person {
  readonly state: Cell<boolean | null>;
  readonly readable: Readable<boolean | null>;
}

/** Whom somebody subscribes to is watched; whoever uses stores hears of nobody else. */
export class Presence implements Holder {
  readonly #keeper: Keeper;
  /** By lower-case name. */
  readonly #people = new Map<string, Person>();
  /** A name for each subscription, newest last. */
  readonly #wanted = new Map<symbol, string>();
  /** null: there is no connection. */
  #watched: ReadonlySet<string> | null = null;
  #endTimer: (() => void) | null = null;
  #isFollowing = false;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    keeper.add(this);
  }

  of(username: string): Readable<boolean | null> {
    const name = username.toLowerCase();
    const person = this.#people.get(name) ?? this.#person(name);
    this.#people.set(name, person);
    return person.readable;
  }

  receive(frame: PushFrame): void {
    if (frame.action !== 'user_online' && frame.action !== 'user_offline') return;
    const name = frame.data.username.toLowerCase();
    if (this.#watched?.has(name)) this.#people.get(name)?.state.set(frame.action === 'user_online');
  }

  wake(welcome: object | null): void {
    if (!welcome) return;
    this.#lose();
    this.#watch();
  }

  forget(): void {
    this.#endTimer = null;
    this.#lose();
  }

  #person(name: string): Person {
    const state = new Cell<boolean | null>(null);
    const subscribe = (listener: () => void) => {
      const end = state.subscribe(listener);
      const subscription = Symbol(name);
      this.#wanted.set(subscription, name);
      this.#follow();
      this.#watchSoon();
      return () => {
        end();
        if (this.#wanted.delete(subscription)) this.#watchSoon();
      };
    };
    return { state, readable: { get: () => state.get(), subscribe } };
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#keeper.open();
    const { connection } = this.#keeper.parts.live;
    const isThere = () => ['catching_up', 'ready'].includes(connection.get().phase);
    // It may be there for long when the first one subscribes.
    if (isThere()) this.#watched = new Set();
    connection.subscribe(() => isThere() || this.#lose());
  }

  /** Nobody is known to be online any more. */
  #lose(): void {
    this.#watched = null;
    for (const { state } of this.#people.values()) state.set(null);
  }

  #watchSoon(): void {
    this.#endTimer ??= this.#keeper.setTimer(() => {
      this.#endTimer = null;
      if (this.#watched) this.#watch();
    }, TOGETHER_MS);
  }

  /** Says whom this tab wants to hear of, if the server does not know. What is so now follows. */
  #watch(): void {
    const newestFirst = new Set([...this.#wanted.values()].reverse());
    const names = new Set([...newestFirst].slice(0, WATCHED_LIMIT));
    const before = this.#watched;
    const isSame = before?.size === names.size && [...names].every((name) => before.has(name));
    if (isSame || !this.#keeper.parts.live.tell('watch_presence', { usernames: [...names] })) return;
    this.#watched = names;
    for (const [name, { state }] of this.#people) if (!names.has(name)) state.set(null);
  }
}
