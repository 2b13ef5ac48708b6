import type { Read } from '../api.ts';
import { isAfter, isOfSameLog } from '../places.ts';
import type { RallyError } from '../rally-error.ts';
import { Cell, type Readable } from '../readable.ts';
import type { EventFrame, PushFrame, WelcomeFrame } from '../wire.ts';
import { asRallyError, type Holder, type Keeper } from './keeper.ts';
import type { ListState } from './stores.ts';

export interface Source<Value> {
  /** `shown`: what has been shown so far. */
  readonly load: (shown: Value | null) => Promise<Read<Value>>;
  /**
   * What a push makes of it, which must do no harm when it is there already. The same reference: nothing. undefined: the push tells
   * too little, load it again.
   */
  readonly apply: (value: Value, frame: EventFrame) => Value | undefined;
}

export interface KeptState<Value> {
  readonly value: Value | null;
  readonly status: ListState<unknown>['status'];
  readonly error: RallyError | null;
}

/**
 * A page and what pushes have made of it since, in order: a page tells up to which place it holds everything, and a push
 * counts if it is from beyond. Pushes that come while a page is on its way are kept for it. Loads when somebody subscribes.
 */
export class Kept<Value> implements Readable<KeptState<Value>>, Holder {
  readonly #keeper: Keeper;
  readonly #source: Source<Value>;
  readonly #cell = new Cell<KeptState<Value>>({ value: null, status: 'not_loaded', error: null });
  /** Of the page: pushes up to here are in it. */
  #page = '';
  /** Of the newest push or page: the value holds everything up to here. */
  #upTo = '';
  /** Since the request that runs has begun. */
  #arrived: EventFrame[] = [];
  #run: Promise<void> | null = null;
  /** The request that runs, or was the last one, is for the whole. */
  #isWhole = true;
  /** What the page that is on its way has to hold, as pushes from before are missing. */
  #since: string | null = null;
  /** Answers to requests of an earlier one are not wanted any more. */
  #generation = 0;
  #subscribers = 0;

  constructor(keeper: Keeper, source: Source<Value>) {
    this.#keeper = keeper;
    this.#source = source;
    keeper.add(this);
  }

  get(): KeptState<Value> {
    return this.#cell.get();
  }

  subscribe(listener: () => void): () => void {
    const end = this.#cell.subscribe(listener);
    let isOver = false;
    this.#subscribers += 1;
    this.#keeper.open();
    void this.wake(null);
    return () => {
      end();
      if (!isOver) this.#subscribers -= 1;
      isOver = true;
    };
  }

  /** Never rejects: the state tells what became of it. While a request runs, calls share it. */
  load(): Promise<void> {
    return this.#run ?? this.reload();
  }

  /** Asks from now on, whatever is on its way. */
  reload(): Promise<void> {
    this.#keeper.open();
    const asked = () => this.#source.load(this.get().value);
    return this.#begin(true, asked, (value) => value);
  }

  /** Adds a page to the value, unless `ask` knows of none; or loads again what failed. */
  loadMore<Page>(
    ask: (value: Value) => Promise<Read<Page>> | null,
    add: (value: Value, page: Page) => Value,
  ): Promise<void> {
    const { value, status } = this.get();
    if (this.#run || value === null || (status === 'failed' && this.#isWhole)) return this.load();
    const asked = ask(value);
    if (!asked) return Promise.resolve();
    return this.#begin(
      false,
      () => asked,
      (page) => add(this.get().value ?? value, page),
    );
  }

  /** What an ack says, unless it is told already by what has come since. */
  amend(position: string, change: (value: Value) => Value): void {
    const { value } = this.get();
    if (value !== null && !isAfter(this.#upTo, position)) this.#show(change(value));
  }

  receive(frame: PushFrame): void {
    if (!('cursor' in frame)) return;
    if (this.#run) this.#arrived.push(frame);
    const { value } = this.get();
    if (value === null || !isAfter(frame.cursor, this.#page)) return;
    // Its order among those that it was to come before is lost.
    const isLate = !isAfter(frame.cursor, this.#upTo);
    const next = isLate ? undefined : this.#source.apply(value, frame);
    if (!isLate) this.#upTo = frame.cursor;
    if (next !== undefined) this.#show(next);
    else if (!this.#run || !this.#isWhole) void this.#loadAnew();
  }

  wake(welcome: WelcomeFrame['data'] | null): Promise<void> | void {
    const isGap = welcome && !welcome.recovered;
    if (isGap && this.#run) {
      this.#since = welcome.cursor;
      // Those of before are in every page that holds this place.
      this.#arrived = [];
      if (this.#isWhole) return this.#run;
    }
    const { value, status } = this.get();
    const isRight = value !== null && !(isGap && !holds(this.#upTo, welcome.cursor)) && status !== 'failed';
    return isRight ? undefined : this.#loadAnew();
  }

  forget(): void {
    this.#generation += 1;
    this.#run = null;
    this.#isWhole = true;
    this.#page = this.#upTo = '';
    if (this.get().status !== 'not_loaded')
      this.#cell.set({ value: null, status: 'not_loaded', error: null });
  }

  /** If somebody wants it. */
  #loadAnew(): Promise<void> | void {
    if (this.#run && this.#isWhole) return this.#run;
    if (this.#subscribers === 0) return this.forget();
    if (!this.#keeper.isSignedOut) return this.reload();
  }

  #begin<Page>(
    isWhole: boolean,
    ask: () => Promise<Read<Page>>,
    toValue: (page: Page) => Value,
  ): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const run = async (): Promise<void> => {
      try {
        const { body, position } = await ask();
        if (generation === this.#generation) this.#take(toValue(body), position);
      } catch (error) {
        if (generation === this.#generation) {
          this.#run = null;
          this.#cell.set({ ...this.get(), status: 'failed', error: asRallyError(error) });
        }
      }
      // Whoever waits for this one waits for what has taken its place.
      await this.#run;
    };
    this.#arrived = [];
    this.#since = null;
    this.#isWhole = isWhole;
    this.#run = run();
    this.#cell.set({ ...this.get(), status: 'loading', error: null });
    return this.#run;
  }

  #take(page: Value, position: string): void {
    this.#run = null;
    if (this.#since !== null && !holds(position, this.#since)) return void this.reload();
    let value = page;
    let upTo = position;
    const missing = this.#arrived.filter(({ cursor }) => isAfter(cursor, position));
    for (const frame of missing.sort((a, b) => (isAfter(a.cursor, b.cursor) ? 1 : -1))) {
      const next = this.#source.apply(value, frame);
      if (next === undefined) return void this.reload();
      value = next;
      upTo = frame.cursor;
    }
    if (this.#isWhole) [this.#page, this.#upTo] = [position, upTo];
    this.#cell.set({ value, status: 'loaded', error: null });
  }

  #show(value: Value): void {
    if (value !== this.get().value) this.#cell.set({ ...this.get(), value });
  }
}

/** Everything up to the cursor is held by what holds everything up to the place. In another log, nothing is. */
const holds = (place: string, cursor: string): boolean =>
  isOfSameLog(place, cursor) && !isAfter(cursor, place);
