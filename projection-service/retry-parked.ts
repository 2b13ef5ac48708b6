import type { RecordedEvent } from '../platform/event-store/event-store.ts';
import { numbers } from '../read-models/columns.ts';
import type { TableWrite } from '../read-models/room.ts';
import type { Leadership } from './leadership.ts';
import { poisonReason } from './project-carefully.ts';
import { writeRows } from './write-rows.ts';

/**
 * Projects a parked event on the rows as they are now, tells nobody, and takes it out of `parked_events` in the same write; the
 * checkpoint stays where it is. null: done, perhaps already by another operator. Else why it cannot be projected still, which is noted with it.
 *
 * It comes after events that it once came before, so rows can differ from those of a rebuild: the later of two names is overwritten
 * by the earlier one, numbers of messages are given in another order.
 */
export async function retryParked(leadership: Leadership, event: RecordedEvent): Promise<string | null> {
  const { memory, client, log } = leadership;
  if (!(await isParked(leadership, event))) return null;
  try {
    await memory.load(client, [event]);
    memory.fold([event], log);
    const { forgetting, keeping } = memory.takeFeed();
    const kept =
      keeping.length === 0 ? [forgotten(event)] : (await hasPlaceInFeed(leadership, event)) ? keeping : [];
    const writes = [...memory.takeWrites(), ...forgetting, ...kept, unparked(event)];
    await writeRows(leadership, writes, leadership);
    memory.written();
    return null;
  } catch (error) {
    memory.forget();
    const reason = poisonReason(error);
    if (reason === null) throw error;
    const values = [event.position, reason];
    await client.query({ text: 'update parked_events set reason = $2 where position = $1', values });
    return reason;
  }
}

async function isParked({ client }: Leadership, { position }: RecordedEvent): Promise<boolean> {
  const { rows } = await client.query({
    text: 'select from parked_events where position = $1',
    values: [position],
  });
  return rows.length > 0;
}

/** What users were told when it was parked has been kept; and what is put below the floor is never trimmed. */
async function hasPlaceInFeed({ client }: Leadership, { position }: RecordedEvent): Promise<boolean> {
  const { rows } = await client.query({
    text: 'select from feed_floor where position < $1 and not exists (select from feed where position = $1)',
    values: [position],
  });
  return rows.length > 0;
}

/** Now its frame, if there is one, is made from a row: kept besides, it would come twice to those who resume. */
const forgotten = (event: RecordedEvent): TableWrite => ({
  name: 'forget_frames',
  sql: 'delete from feed f using fence, :rows r (position) where f.position = r.position',
  rows: 1,
  columns: [numbers('bigint', [event], ({ position }) => position)],
});

const unparked = (event: RecordedEvent): TableWrite => ({
  name: 'unpark',
  sql: 'delete from parked_events p using fence, :rows r (position) where p.position = r.position',
  rows: 1,
  columns: [numbers('bigint', [event], ({ position }) => position)],
});
