import pg from 'pg';

/** What was read has been in use, and is not any more. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** No such schema, table or column: the projection service has not made them yet, or an operator has moved or dropped them. */
const MISSING = new Set(['3F000', '42P01', '42703']);

export const areMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && MISSING.has(error.code ?? '');

/** Of one read. More than one means that versions change faster than they are read. */
const CHANGES_LIMIT = 3;

/** Which schema is read from. Who asks first asks for all; it is asked for again when a read finds that it is over. */
export class FollowedSchema {
  readonly #ask: () => Promise<string>;
  #schema: Promise<string> | null = null;

  constructor(ask: () => Promise<string>) {
    this.#ask = ask;
  }

  /** Reads in the schema in use, and again where that finds it superseded or gone. Rejects as `readIn` does, and as the question does. */
  async read<Answer>(readIn: (schema: string) => Promise<Answer>): Promise<Answer> {
    for (let changes = 0; ; changes += 1) {
      const asked = this.#asked();
      const schema = await asked;
      try {
        return await readIn(schema);
      } catch (error) {
        const isOver = error instanceof Superseded || areMissing(error);
        if (!isOver || changes === CHANGES_LIMIT) throw error;
        if (this.#schema === asked) this.#schema = null;
        if (areMissing(error) && (await this.#asked()) === schema) throw error;
      }
    }
  }

  #asked(): Promise<string> {
    if (this.#schema) return this.#schema;
    const asked = this.#ask();
    this.#schema = asked;
    asked.catch(() => {
      if (this.#schema === asked) this.#schema = null;
    });
    return asked;
  }
}
