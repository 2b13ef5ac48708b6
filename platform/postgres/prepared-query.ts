import { type Compilable, type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';

/** Stands in a query for a value that comes with each execution. */
export type Given<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/**
 * A query that is built and compiled once: for a page that is asked for all the time, putting the statement together
 * costs as much as everything else that is done for it here. `build` is called once, at once.
 *
 * @example
 * const find = prepareQuery(db, (given: Given<{ key: string }>) =>
 *   db.selectFrom('users').select('username').where('user_key', '=', given('key')));
 * const [user] = await find({ key: 'ann' });
 */
export function prepareQuery<Database, Values, Row>(
  db: Kysely<Database>,
  build: (given: Given<Values>) => Compilable<Row>,
): (values: Values) => Promise<Row[]> {
  const slots = new Map<unknown, (values: Values) => unknown>();
  const query = build((name) => {
    const slot = { name };
    slots.set(slot, (values) => values[name]);
    return sql`${slot}`;
  });
  const compiled = query.compile();
  const parameters = compiled.parameters.map((parameter) => slots.get(parameter) ?? (() => parameter));
  return async (values) => {
    const filled: CompiledQuery<Row> = {
      ...compiled,
      parameters: parameters.map((valueIn) => valueIn(values)),
    };
    return (await db.executeQuery(filled)).rows;
  };
}
