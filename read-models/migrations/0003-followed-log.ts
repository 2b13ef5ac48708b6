import { type Migration, sql } from 'kysely';

/** Which log the read models follow, and the event by which they recognise it. */
export const followLog = (schema: string): Migration => ({
  async up(db) {
    await sql`set local search_path to ${sql.id(schema)}`.execute(db);
    await sql.raw(FOLLOWED_LOG).execute(db);
  },
});

const FOLLOWED_LOG = `
alter table checkpoints
  add column log text,
  add column last_event_position bigint,
  add column last_event_id uuid;
`;
