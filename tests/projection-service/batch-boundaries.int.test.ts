import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { anyStory } from './any-story.ts';
import { openReadSides, type ReadSides } from './read-side.ts';

describe('batch boundaries', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  it('leave no trace: however a log is cut into batches, and whatever is remembered, the tables are the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }),
        async (story, sizes) => {
          const digests = [];
          for (const cut of [[], sizes, story.events.map(() => 1)]) {
            const side = await sides.open();
            await side.project(story.events, cut);
            digests.push(await projectionDigest(sides.pool, side.schema));
            expect(await side.rows(COUNTED)).toEqual(await side.rows(KEPT));
            expect(await side.rows(KEPT_PREFIXES)).toEqual(await side.rows(COUNTED_PREFIXES));
            expect(await side.rows(KEPT_BY_USERNAME)).toEqual(await side.rows(FOUND_BY_USERNAME));
            expect(await side.rows(listsBy('order_position'))).toEqual(
              await side.rows(listsBy('last_position')),
            );
            await side.close();
          }
          const forgetful = await sides.open();
          for (const event of story.events) {
            if (event.position % 3n === 0n) forgetful.leadership.memory.forget();
            await forgetful.project([event]);
          }
          digests.push(await projectionDigest(sides.pool, forgetful.schema));
          await forgetful.close();
          for (const digest of digests.slice(1)) expect(digest).toEqual(digests[0]);
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

/** What the counters have to be, counted from the rows. */
const COUNTED = `
  select u.user_key,
    (select count(*) from chats c where u.user_key in (c.user_a, c.user_b))::integer as chats,
    (select count(*) from messages m join chats c using (chat_id)
      where u.user_key in (c.user_a, c.user_b) and m.sender_key <> u.user_key
      and not exists (select from read_markers r
        where r.chat_id = m.chat_id and r.reader_key = u.user_key and r.position >= m.position))::integer as unread_messages,
    (select count(*) from blocks b where b.blocker_key = u.user_key)::integer as blocked_users
  from users u order by 1`;

const KEPT = `
  select u.user_key, coalesce(chats, 0) as chats, coalesce(unread_messages, 0) as unread_messages,
    coalesce(blocked_users, 0) as blocked_users
  from users u left join user_counters using (user_key) order by 1`;

/** How many users a search for each beginning of a name finds. */
const COUNTED_PREFIXES = `
  select left(name, length) as prefix, count(distinct user_key)::integer as users
  from users, lateral (values (user_key), (nickname_key)) names (name), lateral generate_series(0, length(name)) length
  group by 1 order by 1`;

const KEPT_PREFIXES = 'select prefix, users from user_prefixes order by 1';

/** Whom each of them finds by the username alone. */
const FOUND_BY_USERNAME = `
  select left(user_key, length) as prefix, is_online, nickname_key, user_key
  from users, lateral generate_series(0, length(user_key)) length
  where not starts_with(nickname_key, left(user_key, length)) order by 1, 2, 3, 4`;

const KEPT_BY_USERNAME = 'select * from username_prefixes order by 1, 2, 3, 4';

/** Every user's chats in the order of this column; without messages, each is as good as the next. */
const listsBy = (column: string): string => `
  select u.user_key, array_agg(c.chat_id order by c.${column} desc, c.chat_id desc) as chats
  from users u join chats c on u.user_key in (c.user_a, c.user_b) group by 1 order by 1`;
