import fc from 'fast-check';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { type OpenRoom, UnprojectableEvent } from '../../read-models/room.ts';
import type { ReadTables } from '../../read-models/tables.ts';
import { openBeyond } from '../../read-models/tournaments/open-tree.ts';
import type { TournamentRows } from '../../read-models/tournaments/rows.ts';
import { Story } from '../projection-service/story.ts';
import { FORGETFUL, Leader, useLeaderDatabase } from './stepwise-leader.ts';

const CREATORS = Array.from({ length: 12 }, (_, index) => `user${index}`);

const move = fc.record({
  kind: fc.constantFrom('announce or close', 'announce or close', 'announce or close', 'read', 'mark'),
  who: fc.nat({ max: CREATORS.length - 1 }),
  which: fc.nat(),
});

const step = fc.record({
  events: fc.integer({ min: 1, max: 9 }),
  writeEnds: fc.nat({ max: 6 }),
  next: fc.constantFrom('fold on', 'begin to write', 'begin to write', 'end the write', 'start over'),
});

describe('tournaments', () => {
  const database = useLeaderDatabase();
  let schemas = 0;

  const openByTree = async (schema: string, position: bigint): Promise<number> => {
    const db = new Kysely<ReadTables>({ dialect: new PostgresDialect({ pool: database.pool }) }).withSchema(
      schema,
    );
    const query = db.selectNoFrom(openBeyond(sql.val(position)).as('open'));
    return (await query.executeTakeFirstOrThrow()).open;
  };

  it('are numbered, open and counted as the log says, whatever is written, being written or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { minLength: 1, maxLength: 120, size: 'max' }).map(tell),
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(undefined, FORGETFUL),
        async ({ events }, steps, remembered) => {
          const schema = `tournaments_${++schemas}`;
          const seen = new Map<bigint, unknown>();
          const leader = await Leader.make(database.pool, schema, remembered, ({ tournaments }) => [
            watchReaders(tournaments, seen),
          ]);
          await leader.play(events, steps);
          await leader.writeAll();
          const model = new Model();
          for (const event of events) model.take(event);
          expect(seen).toEqual(model.seen);
          const { rows } = await leader.query(
            'select tournament_id, number, position, is_open from tournaments order by number',
          );
          expect(rows).toEqual(model.announced);
          for (const { position } of events) {
            const beyond = model.announced.filter((each) => each.is_open && each.position > position);
            expect(await openByTree(schema, position)).toBe(beyond.length);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are counted before there is any, before the first, and beyond the last', async () => {
    const schema = `tournaments_${++schemas}`;
    const leader = await Leader.make(database.pool, schema);
    expect(await openByTree(schema, 5n)).toBe(0);
    const story = new Story().signsUp('Ann', 'Bob');
    story.announces('Ann');
    story.announces('Bob');
    await leader.fold(story.events);
    await leader.beginWrite();
    await leader.endWrite();
    expect(await openByTree(schema, -1n)).toBe(2);
    expect(await openByTree(schema, story.position - 1n)).toBe(1);
    expect(await openByTree(schema, 2n ** 62n)).toBe(0);
  });

  it('refuse what contradicts the log: announced twice, closed unannounced, closed twice', async () => {
    const refuses = async (tell: (story: Story) => unknown) => {
      const leader = await Leader.make(database.pool, `tournaments_${++schemas}`);
      const story = new Story().signsUp('Ann');
      tell(story);
      await leader.fold(story.events.slice(0, -1));
      const folding = leader.fold(story.events.slice(-1));
      await expect(folding).rejects.toBeInstanceOf(UnprojectableEvent);
    };
    await refuses((story) => story.announces('Ann', 'again', story.announces('Ann')));
    await refuses((story) => story.closes('Ann', '00000000-0000-4000-8000-000000000000'));
    await refuses((story) => {
      const id = story.announces('Ann');
      story.closes('Ann', id).closes('Ann', id);
    });
  });
});

/** Users who announce one at a time, and readers of what stands anywhere. */
function tell(moves: readonly (typeof move extends fc.Arbitrary<infer Move> ? Move : never)[]): Story {
  const story = new Story().signsUp(...CREATORS);
  const open = new Map<string, string>();
  for (const { kind, who, which } of moves) {
    const one = CREATORS[who] ?? '';
    const id = open.get(one);
    const place = String(which % (Number(story.position) + 1));
    if (kind === 'read') {
      story.add(streamOf('notification', `n${which}`, one), (date) => ({
        type: 'NotificationRead',
        data: { notificationId: `n${which}`, causePosition: place, reader: one, date },
      }));
    } else if (kind === 'mark') {
      story.add(streamOf('inbox', one), (date) => ({
        type: 'AllNotificationsRead',
        data: { reader: one, upTo: place, date },
      }));
    } else if (id === undefined) open.set(one, story.announces(one));
    else if (open.delete(one)) story.closes(one, id);
  }
  return story;
}

/** What a later room sees at each event that it asks for. */
function watchReaders(tournaments: TournamentRows, seen: Map<bigint, unknown>): OpenRoom {
  const numberAndState = ({ number, is_open }: { number: number; is_open: boolean }) => [number, is_open];
  return {
    rows: {},
    async load() {},
    project({ event, position }) {
      if (event.type === 'NotificationRead') {
        const found = tournaments.announcedAt(BigInt(event.data.causePosition));
        seen.set(position, found && numberAndState(found));
      } else if (event.type === 'AllNotificationsRead') {
        seen.set(position, tournaments.openBeyond(BigInt(event.data.upTo)).map(numberAndState));
      } else if (event.type === 'TournamentClosed') {
        seen.set(position, numberAndState(tournaments.tournament(event.data.tournamentId)));
      }
    },
    takeWrites: () => [],
    written() {},
  };
}

class Model {
  readonly announced: { tournament_id: string; number: number; position: bigint; is_open: boolean }[] = [];
  readonly seen = new Map<bigint, unknown>();

  take({ event, position }: RecordedEvent): void {
    if (event.type === 'TournamentCreated') {
      const { tournamentId: tournament_id } = event.data;
      this.announced.push({ tournament_id, number: this.announced.length + 1, position, is_open: true });
    } else if (event.type === 'TournamentClosed') {
      const closed = this.announced.find(({ tournament_id }) => tournament_id === event.data.tournamentId);
      if (!closed) throw new Error('closed unannounced');
      closed.is_open = false;
      this.seen.set(position, [closed.number, false]);
    } else if (event.type === 'NotificationRead') {
      const cause = this.announced.find((each) => String(each.position) === event.data.causePosition);
      this.seen.set(position, cause && [cause.number, cause.is_open]);
    } else if (event.type === 'AllNotificationsRead') {
      const { upTo } = event.data;
      const beyond = this.announced.filter((each) => each.is_open && each.position > BigInt(upTo));
      this.seen.set(
        position,
        beyond.map(({ number }) => [number, true]),
      );
    }
  }
}
