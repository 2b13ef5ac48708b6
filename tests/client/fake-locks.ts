import type { Locks } from '../../client/environment.ts';

interface Waiting {
  readonly owner: object;
  /** Begins to hold. */
  grant(): void;
}

/** The locks of one browser, held by whatever object stands for a tab. */
export class FakeLocks {
  readonly #held = new Map<string, object>();
  readonly #waiting = new Map<string, Waiting[]>();

  /** As that tab sees them. */
  of(owner: object): Locks {
    return {
      request: (name, options, held) => this.#request(owner, name, options, held),
      heldNames: async () => [...this.#held.keys()],
    };
  }

  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  /** Held by this tab, or waited for. */
  countOf(owner: object): number {
    const waiting = [...this.#waiting.values()].flat();
    return [...this.#held.values(), ...waiting.map((one) => one.owner)].filter((one) => one === owner).length;
  }

  /** The tab has gone. */
  releaseAll(owner: object): void {
    for (const [name, waiting] of this.#waiting) {
      this.#waiting.set(
        name,
        waiting.filter((one) => one.owner !== owner),
      );
    }
    for (const [name, holder] of [...this.#held]) if (holder === owner) this.#release(name);
  }

  async #request<Result>(
    owner: object,
    name: string,
    { signal, ifAvailable = false }: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    held: (lock: unknown) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#held.has(name)) {
      if (ifAvailable) return held(null);
      await this.#turn(owner, name, signal);
    } else this.#held.set(name, owner);
    try {
      return await held({ name });
    } finally {
      if (this.#held.get(name) === owner) this.#release(name);
    }
  }

  #turn(owner: object, name: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        owner,
        grant: () => {
          this.#held.set(name, owner);
          resolve();
        },
      };
      const line = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, [...line, waiting]);
      signal?.addEventListener('abort', () => {
        const rest = this.#waiting.get(name) ?? [];
        if (!rest.includes(waiting)) return;
        this.#waiting.set(
          name,
          rest.filter((one) => one !== waiting),
        );
        reject(signal.reason);
      });
    });
  }

  #release(name: string): void {
    this.#held.delete(name);
    const [next, ...rest] = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, rest);
    next?.grant();
  }
}
