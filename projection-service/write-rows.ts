import { createHash } from 'node:crypto';
import type { TableWrite } from '../read-models/room.ts';
import type { Landmarks } from './landmarks.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';

/** What stands in `checkpoints` once rows are written. */
export interface Checkpoint {
  readonly position: bigint;
  readonly filled: boolean;
  readonly landmarks: Landmarks;
}

/**
 * Rows of all rooms and the checkpoint in one statement, so in one transaction and one round trip. The checkpoint
 * moves by compare-and-set, and every row is written only if it moved: a projector that has been replaced writes
 * nothing and gets `LeadershipLost`. After any failure nobody knows whether it was written.
 */
export async function writeRows(
  leadership: Leadership,
  writes: readonly TableWrite[],
  next: Checkpoint,
): Promise<void> {
  const { position, filled, landmarks } = next;
  const { last, lasting } = landmarks;
  const fence = [
    leadership.position,
    leadership.epoch,
    position,
    filled,
    last?.position ?? null,
    last?.id ?? null,
    lasting?.position ?? null,
    lasting?.id ?? null,
  ];
  const changing = writes.filter(({ rows }) => rows > 0);
  const { rowCount } = await leadership.client.query({
    ...statementOf(changing, fence.length),
    values: [...fence, ...changing.flatMap(({ columns }) => columns.map(({ parameter }) => parameter))],
  });
  if (rowCount !== 1) throw new LeadershipLost('another projector has taken over');
  leadership.position = position;
  leadership.filled = filled;
  leadership.landmarks = landmarks;
}

const FENCE = `fence as (
  update checkpoints set position = $3, filled = $4, last_event_position = $5, last_event_id = $6,
    lasting_event_position = $7, lasting_event_id = $8
  where position = $1 and epoch = $2
  returning position
)`;

/**
 * Prepared once for each set of tables that batches change together. Named by a digest: PostgreSQL cuts names at 63
 * characters, and two that agree until there would be one.
 */
const statements = new Map<string, { readonly name: string; readonly text: string }>();

/** On each connection that writes. Far more than there are in practice; what comes beyond stays unprepared. */
const PREPARED_LIMIT = 200;

function statementOf(writes: readonly TableWrite[], parametersBefore: number) {
  const tables = writes.map(({ name }) => name).join(' ');
  const known = statements.get(tables);
  if (known) return known;
  let parameters = parametersBefore;
  const parts = writes.map(({ name, sql, columns }) => {
    const arrays = columns.map(({ array }) => array.replace('?', () => `$${++parameters}`));
    return `${name} as (${sql.replace(':rows', () => rowsOf(arrays))})`;
  });
  const text = `with ${[FENCE, ...parts].join(', ')} select position from fence`;
  if (statements.size >= PREPARED_LIMIT) return { text };
  const statement = { name: createHash('sha1').update(text).digest('base64url'), text };
  statements.set(tables, statement);
  return statement;
}

/** In the select list, arrays are unnested row by row; in `from`, each would be put into a table of its own first. */
const rowsOf = (arrays: readonly string[]): string =>
  `(select ${arrays.map((array) => `unnest(${array})`).join(', ')})`;
