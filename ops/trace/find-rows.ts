import pg from 'pg';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { ROOMS } from '../../read-models/registry.ts';

export interface TracedRow {
  readonly position: bigint;
  readonly table: string;
  readonly key: Readonly<Record<string, unknown>>;
}

/** What an event names: ids of things, and keys of users. */
interface Named {
  readonly position: bigint;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
}

/** Of one event in one table. */
const ROWS_LIMIT = 5;

const TABLES = ROOMS.flatMap(({ tables }) => tables).filter((table) => table !== 'feed');

/**
 * Finds the rows of the things and people that an event is about, as they are now: by primary keys, so it costs no more where there
 * is much. Answers what looks for those of one event.
 */
export async function rowFinder(
  pool: pg.Pool,
  schema: string,
): Promise<(event: RecordedEvent) => Promise<TracedRow[]>> {
  const lookups = (await primaryKeys(pool, schema)).flatMap(({ table, columns }) => {
    const conditions = columns.map(conditionOn);
    if (conditions.includes(null)) return [];
    const names = columns.map(({ name }) => pg.escapeIdentifier(name));
    const text = `select jsonb_build_object(${columns.map(({ name }) => `'${name}', ${pg.escapeIdentifier(name)}`).join()}) as key
      from ${pg.escapeIdentifier(schema)}.${table}, (select $1::bigint as place, $2::uuid[] as ids, $3::text[] as keys) named
      where ${conditions.join(' and ')} order by ${names.join()} limit ${ROWS_LIMIT}`;
    return [{ table, text }];
  });
  return async (event) => {
    const { position, ids, keys } = namedBy(event);
    const rows: TracedRow[] = [];
    for (const { table, text } of lookups) {
      const found = await pool.query<{ key: TracedRow['key'] }>(text, [position, ids, keys]);
      rows.push(...found.rows.map(({ key }) => ({ position, table, key })));
    }
    return rows;
  };
}

interface KeyColumn {
  readonly name: string;
  readonly type: string;
}

async function primaryKeys(
  pool: pg.Pool,
  schema: string,
): Promise<{ readonly table: string; readonly columns: readonly KeyColumn[] }[]> {
  const { rows } = await pool.query<{ table: string; columns: KeyColumn[] }>(
    `select c.relname as table,
       json_agg(json_build_object('name', a.attname, 'type', a.atttypid::regtype::text)
         order by array_position(i.indkey, a.attnum)) as columns
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
     where i.indisprimary and n.nspname = $1 and c.relname = any($2)
     group by c.relname order by c.relname`,
    [schema, TABLES],
  );
  return rows;
}

/** null: a key of which events say nothing. */
function conditionOn({ name, type }: KeyColumn): string | null {
  const column = pg.escapeIdentifier(name);
  if (type === 'uuid') return `${column} = any(named.ids)`;
  if (type === 'text' && name.endsWith('_key')) return `${column} = any(named.keys)`;
  return name === 'position' ? `${column} = named.place` : null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What people have written names nobody. */
const WRITTEN = new Set(['content', 'nickname', 'avatar', 'timestamp', 'date', 'name', 'alias']);

function namedBy({ position, event }: RecordedEvent): Named {
  const texts = Object.entries(event.data)
    .filter(([field]) => !WRITTEN.has(field))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string');
  return {
    position,
    ids: texts.filter((value) => UUID.test(value)),
    keys: texts.filter((value) => !UUID.test(value)).map((value) => value.toLowerCase()),
  };
}
