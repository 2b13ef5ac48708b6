import type pg from 'pg';

/** Notified after every append, with the position at which the log ends; -1: it is empty. */
export const CHANGED = 'event_log_changed';

/** Can be repeated, and run by several processes at once. */
export async function createSchema(pool: pg.Pool): Promise<void> {
  await pool.query(`${SCHEMA}${APPEND}`);
}

/**
 * Without parameters all of it is sent as one transaction. `data` is json, not jsonb, which refuses U+0000. There is no
 * index on `id`: a repeated append is recognised by what stands at its place. What trimming leaves is given back to new events early.
 */
const SCHEMA = `
select pg_advisory_xact_lock(hashtext('event_log'), 0);

create schema if not exists event_log;

create table if not exists event_log.events (
  position bigint primary key,
  stream text collate "C" not null,
  revision int not null,
  id uuid not null,
  type text not null,
  data json not null,
  metadata json not null,
  unique (stream, revision)
) with (autovacuum_vacuum_scale_factor = 0.05);

create table if not exists event_log.identity (
  log text primary key default 'this' check (log = 'this'),
  identity text not null
);

create table if not exists event_log.trimmed (
  category text not null,
  kept int not null,
  position bigint not null default -1,
  primary key (category, kept)
);
`;

/**
 * Appends many events to many streams, each stream's all or none, and answers for each event in the order given: the
 * position at which it stands now, or null; and the revision that its stream was found at. Null although that is the
 * expected one: the stream in `givens` (an empty name: none) is not at the revision in `given_revisions`.
 *
 * Positions are given under a lock that is held until the commit, so none ever appears behind a reader. Each
 * statement of a volatile function takes a new snapshot: the one after the lock sees everything before it.
 *
 * One event by itself, as nearly all are while there is little to do, is tried as a plain insert first, which costs two thirds.
 *
 * Texts come joined by line feeds, which are far cheaper than array literals to write and read; encoded JSON has none.
 */
const APPEND = `
create or replace function event_log.append(
  streams text, expected int[], offsets int[], ids uuid[], types text, data text, metadata text,
  givens text, given_revisions int[]
) returns table (stored_position bigint, actual_revision int)
language plpgsql volatile as $append$
begin
  perform pg_advisory_xact_lock(hashtext('event_log'), 1);
  if array_length(ids, 1) = 1 then
    insert into event_log.events
    select
      (select coalesce(max(e.position), -1) + 1 from event_log.events e),
      streams, expected[1] + 1, ids[1], types, data::json, metadata::json
    where expected[1] = coalesce(
      (select e.revision from event_log.events e where e.stream = streams order by e.revision desc limit 1), -1
    ) and (givens = '' or given_revisions[1] = coalesce(
      (select e.revision from event_log.events e where e.stream = givens order by e.revision desc limit 1), -1
    ))
    returning position into stored_position;
    if found then
      perform pg_notify('${CHANGED}', stored_position::text);
      actual_revision := expected[1];
      return next;
      return;
    end if;
  end if;
  return query
    with head as (
      select coalesce(max(e.position), -1) as position from event_log.events e
    ), incoming as materialized (
      select i.*, coalesce(
        (select e.revision from event_log.events e where e.stream = i.stream order by e.revision desc limit 1), -1
      ) as actual, case when i.given <> '' then i.given_revision = coalesce(
        (select e.revision from event_log.events e where e.stream = i.given order by e.revision desc limit 1), -1
      ) else true end as given_holds
      from unnest(
        string_to_array(streams, E'\\n'), expected, offsets, ids,
        string_to_array(types, E'\\n'), string_to_array(data, E'\\n'), string_to_array(metadata, E'\\n'),
        string_to_array(givens, E'\\n'), given_revisions
      ) with ordinality
        as i (stream, expected, "offset", id, type, data, metadata, given, given_revision, ordinal)
    ), decided as (
      select i.*, i.actual = i.expected and i.given_holds as fits from incoming i
    ), placed as materialized (
      select d.*, (select position from head) + count(*) filter (where d.fits) over (order by d.ordinal) as position
      from decided d
    ), inserted as (
      insert into event_log.events
      select p.position, p.stream, p.expected + 1 + p."offset", p.id, p.type, p.data::json, p.metadata::json
      from placed p
      where p.fits
    )
    select
      case
        when p.fits then p.position
        when p.actual > p.expected then (
          select e.position from event_log.events e
          where e.stream = p.stream and e.revision = p.expected + 1 + p."offset" and e.id = p.id
        )
      end,
      p.actual
    from placed p
    order by p.ordinal;
  perform pg_notify('${CHANGED}', (select coalesce(max(e.position), -1) from event_log.events e)::text);
end
$append$;
`;
