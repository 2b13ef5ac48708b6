import { type Migration, sql } from 'kysely';

/** Apart from the checkpoint, whose row is locked for as long as a batch is being written. */
export const createLease = (schema: string): Migration => ({
  async up(db) {
    await sql`set local search_path to ${sql.id(schema)}`.execute(db);
    await sql.raw(LEASE).execute(db);
  },
});

const LEASE = `
create table lease (
  projection text primary key default 'all' check (projection = 'all'),
  beat bigint not null
) with (fillfactor = 10);
insert into lease (beat) values (0);
`;
