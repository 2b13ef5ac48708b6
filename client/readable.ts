/** A value that changes. `get` answers the same reference until it has changed; listeners are called after each change. */
export interface Readable<Value> {
  get(): Value;
  /** The listener is not called for what is there already. Answers what ends it, which may be called twice. */
  subscribe(listener: () => void): () => void;
}

/** A readable that its owner sets. */
export class Cell<Value> implements Readable<Value> {
  readonly #listeners = new Set<() => void>();
  #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  get(): Value {
    return this.#value;
  }

  /** Tells nobody when it is the same value. */
  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    tellAll(this.#listeners, (listener) => listener());
  }

  subscribe(listener: () => void): () => void {
    // Whoever subscribes the same function twice ends each on its own.
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}

/** One that throws keeps nobody else from hearing; its error is the page's to see, as those of other listeners are. */
export function tellAll<Listener>(listeners: Iterable<Listener>, tell: (listener: Listener) => void): void {
  for (const listener of [...listeners]) {
    try {
      tell(listener);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
