import pg from 'pg';
import { z } from 'zod';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { parseJson } from '../../platform/json.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { EVERYONE } from '../../read-models/feed/tables.ts';

/** One frame of an event, and who was pushed it. */
export interface TracedPush {
  readonly position: bigint;
  readonly cursor: string;
  /** Keys of users; `EVERYONE` but some. */
  readonly to: readonly string[];
  readonly everyoneBut: readonly string[] | null;
  readonly action: string;
  /** Where those who resume find it. */
  readonly in: 'feed' | 'messages';
}

/** How the projection stands to an event. */
export type Progress = 'not projected yet' | 'parked' | 'skipped' | 'projected';

export interface PushesOf {
  readonly progress: Progress;
  /** The feed has been trimmed beyond it: what it led to is not kept any more, but for messages. */
  readonly isTrimmed: boolean;
  readonly pushes: readonly TracedPush[];
}

interface ProgressRow {
  readonly position: bigint;
  readonly log: string | null;
  readonly floor: bigint;
  readonly skipped: boolean | null;
}

interface FeedRow {
  readonly ordinal: number;
  readonly text: string;
  readonly to: string[];
  readonly except_keys: string[] | null;
}

const frame = z.object({ action: z.string() });

/** What users were told of an event, as the read models of this schema keep it. Presence is told and not kept. */
export async function findPushes(
  pool: pg.Pool,
  schema: string,
  { position, event }: RecordedEvent,
): Promise<PushesOf> {
  const name = pg.escapeIdentifier(schema);
  const progress = await pool.query<ProgressRow>(
    `select c.position, c.log, f.position as floor, p.skipped
     from ${name}.checkpoints c, ${name}.feed_floor f left join ${name}.parked_events p on p.position = $1`,
    [position],
  );
  const [row] = progress.rows;
  if (!row || row.position < position) return { progress: 'not projected yet', isTrimmed: false, pushes: [] };
  const log = row.log ?? '';
  const feed = await pool.query<FeedRow>(
    `select ordinal, text, except_keys, array_agg(audience order by audience) as to
     from ${name}.feed where position = $1 group by ordinal, text, except_keys order by ordinal`,
    [position],
  );
  const pushes = feed.rows.map(
    ({ ordinal, text, to, except_keys }): TracedPush => ({
      position,
      cursor: formatCursor({ position, ordinal, log }),
      to: except_keys ? [EVERYONE] : to,
      everyoneBut: except_keys,
      action: frame.parse(parseJson(text)).action,
      in: 'feed',
    }),
  );
  if (event.type === 'MessageSent') {
    const messages = await pool.query<{ to: string[] }>(
      `select array(select distinct unnest(array[c.user_a, c.user_b])) as to
       from ${name}.messages m join ${name}.chats c using (chat_id) where m.chat_id = $1 and m.position = $2`,
      [event.data.chatId, position],
    );
    const cursor = formatCursor({ position, ordinal: 0, log });
    for (const { to } of messages.rows)
      pushes.push({ position, cursor, to, everyoneBut: null, action: 'new_message', in: 'messages' });
  }
  return { progress: progressOf(row), isTrimmed: position <= row.floor, pushes };
}

const progressOf = ({ skipped }: ProgressRow): Progress =>
  skipped === null ? 'projected' : skipped ? 'skipped' : 'parked';
