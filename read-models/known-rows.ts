/**
 * Rows of one table, by key, as far as a leader knows them: nobody else writes them. Those that have changed are known
 * until they are written; of the others, some that were used last. Rows are never changed in place.
 */
export class KnownRows<Key, Row> {
  readonly #limit: number;
  /** Of those that have not changed, those that were used longest ago come first. */
  readonly #rows = new Map<Key, Row>();
  #changed = new Set<Key>();
  /** Taken to be written; until that is done the database may have older ones. */
  #writing: ReadonlySet<Key> = new Set();

  /** `limit`: how many rows are remembered besides those that have changed. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** undefined: not known, which says nothing of the database. */
  get(key: Key): Row | undefined {
    return this.#rows.get(key);
  }

  /** The row as it is from now on; it has to be written. */
  set(key: Key, row: Row): void {
    this.#use(key, row);
    this.#changed.add(key);
  }

  /** The row as it was read from the database. A row that is known is as new, or newer. */
  remember(key: Key, row: Row): void {
    if (!this.#rows.has(key)) this.#rows.set(key, row);
  }

  /**
   * Those of the keys whose rows have to be read. All that is known of the others, and all that is remembered from now on,
   * stays known until the next call: only here rows are forgotten.
   */
  missing(keys: Iterable<Key>): Key[] {
    this.#forgetUnused();
    return this.alsoMissing(keys);
  }

  /** As `missing`, for those who ask after it for the same events: it forgets nothing. */
  alsoMissing(keys: Iterable<Key>): Key[] {
    const missing = new Set<Key>();
    for (const key of keys) {
      const row = this.#rows.get(key);
      if (row === undefined) missing.add(key);
      else this.#use(key, row);
    }
    return [...missing];
  }

  /** The rows that have changed since the last time. Comes after `written`, if there was a last time. */
  take(): Row[] {
    const taken: Row[] = [];
    for (const key of this.#changed) {
      const row = this.#rows.get(key);
      if (row !== undefined) taken.push(row);
    }
    this.#writing = this.#changed;
    this.#changed = new Set();
    return taken;
  }

  /** The rows, as they are now, that the database may have as they were before. */
  unwritten(): Row[] {
    const unwritten: Row[] = [];
    for (const key of new Set([...this.#changed, ...this.#writing])) {
      const row = this.#rows.get(key);
      if (row !== undefined) unwritten.push(row);
    }
    return unwritten;
  }

  /** What was taken last is in the database. */
  written(): void {
    this.#writing = new Set();
  }

  #use(key: Key, row: Row): void {
    // One that has changed is not forgotten, wherever it stands.
    if (!this.#changed.has(key)) this.#rows.delete(key);
    this.#rows.set(key, row);
  }

  #forgetUnused(): void {
    let unchanged = this.#rows.size - this.#changed.size - this.#writing.size;
    if (unchanged <= this.#limit) return;
    for (const key of this.#rows.keys()) {
      if (this.#changed.has(key) || this.#writing.has(key)) continue;
      this.#rows.delete(key);
      if (--unchanged <= this.#limit) return;
    }
  }
}
