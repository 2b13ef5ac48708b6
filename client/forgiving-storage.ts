import type { KeyValueStorage } from './environment.ts';

/** Never throws: what the storage does not take, or there is none, is kept in memory, for as long as the tab is there. */
export class ForgivingStorage implements KeyValueStorage {
  readonly #storage: KeyValueStorage | null;
  readonly #memory = new Map<string, string>();

  constructor(storage: KeyValueStorage | null) {
    this.#storage = storage;
  }

  getItem(key: string): string | null {
    return this.#memory.get(key) ?? this.#attempt((storage) => storage.getItem(key)) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#memory.set(key, value);
    this.#attempt((storage) => {
      storage.setItem(key, value);
      this.#memory.delete(key);
    });
  }

  removeItem(key: string): void {
    this.#memory.delete(key);
    this.#attempt((storage) => storage.removeItem(key));
  }

  keys(): readonly string[] {
    return [...new Set([...this.#memory.keys(), ...(this.#attempt((storage) => storage.keys()) ?? [])])];
  }

  #attempt<Result>(use: (storage: KeyValueStorage) => Result): Result | null {
    try {
      return this.#storage && use(this.#storage);
    } catch {
      return null;
    }
  }
}
