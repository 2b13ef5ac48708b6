import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';
import { framesOf, friendsOfAnn, inboxOf, updatesOf } from './told-notifications.ts';

describe('the fold of notifications', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const told = async (story: Story): Promise<ReadSide> => {
    const side = await sides.open();
    await side.project(story.events);
    return side;
  };
  /** In batches of one, as much of it as is not projected yet. */
  const goOn = async (side: ReadSide, story: Story): Promise<void> => {
    const { position } = side.leadership;
    const events = story.events.filter((event) => event.position > position);
    await side.project(
      events,
      events.map(() => 1),
    );
  };

  it('FriendAdded: a row and a frame for the friend, as the adder is called then, if it is news', async () => {
    const story = new Story().signsUp('Ann', 'Bob').renames('Bob', 'Bobby', '/b.png').befriends('Bob', 'Ann');
    const [position, id] = [story.position, story.referenceAt(story.position)];
    const side = await told(
      story.renames('Bob', 'Rob').unfriends('Bob', 'Ann').befriends('Bob', 'Ann', false),
    );
    const date = story.dateOf(position);
    expect(await framesOf(side, 'ann')).toEqual([
      { action: 'new_friend', data: { id, username: 'Bob', nickname: 'Bobby', avatar: '/b.png', date } },
    ]);
    expect(await framesOf(side, 'bob')).toEqual([]);
    expect(await side.rows('select * from notifications')).toEqual([
      {
        user_key: 'ann',
        position,
        id,
        actor_key: 'bob',
        date: new Date(date),
        is_read: false,
        ...OF_NO_INVITATION,
      },
    ]);
    expect(await side.rows('select * from inboxes')).toEqual([
      { user_key: 'ann', listed: 1, unread: 1, marked_up_to: -1n, newest_date: new Date(date) },
    ]);
  });

  it('TournamentCreated: names whom it is not for in one order, whether blocks were read or are remembered', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid', 'Dan');
    story.blocks('Dan', 'Ann').blocks('Bob', 'Ann').blocks('Cid', 'Ann').announces('Ann');
    const [atOnce, forgetful] = [await told(story), await sides.open()];
    for (const event of story.events) {
      forgetful.leadership.memory.forget();
      await forgetful.project([event]);
    }
    for (const side of [atOnce, forgetful])
      expect(await side.rows(`select except_keys from feed where audience = '*'`)).toEqual([
        { except_keys: ['ann', 'bob', 'cid', 'dan'] },
      ]);
  });

  it('TournamentCreated: one frame for everyone but the creator and who blocks the creator then; no row for anybody else', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid', 'Dan').renames('Ann', 'Annie');
    story.blocks('Cid', 'Ann').blocks('Ann', 'Bob').blocks('Dan', 'Ann').unblocks('Dan', 'Ann');
    const tournament_id = story.announces('Ann', 'Autumn Cup');
    const position = story.position;
    const side = await told(story.unblocks('Cid', 'Ann').blocks('Bob', 'Ann'));
    const frame = {
      action: 'new_tournament',
      data: {
        id: story.referenceAt(position),
        tournament_id,
        tournament_name: 'Autumn Cup',
        creator: 'Ace',
        alias: 'Ace',
        username: 'Ann',
        nickname: 'Annie',
        avatar: '',
        status: 'open',
        date: story.dateOf(position),
      },
    };
    for (const user of ['bob', 'dan']) expect(await framesOf(side, user)).toEqual([frame]);
    for (const user of ['ann', 'cid']) expect(await framesOf(side, user)).toEqual([]);
    expect(await side.rows('select * from announcement_exceptions order by 1')).toEqual([
      { user_key: 'ann', position, is_listed: false },
      { user_key: 'cid', position, is_listed: false },
    ]);
    expect(await side.rows("select * from feed where audience = '*'")).toHaveLength(1);
  });

  it('NotificationRead: of a personal one is told once, and not when all up to it was read', async () => {
    const { story, added } = friendsOfAnn('Bob', 'Cid', 'Dan');
    const [bob = 0n, cid = 0n, dan = 0n] = added;
    const side = await told(story.readsNotification('Ann', cid));
    expect(await inboxOf(side, 'ann')).toMatchObject({ listed: 3, unread: 2 });
    story.readsNotification('Ann', cid).readsNotification('Bob', dan).marksAllRead('Ann', bob);
    story.readsNotification('Ann', bob);
    await goOn(side, story);
    expect(await inboxOf(side, 'ann')).toMatchObject({ listed: 3, unread: 1, marked_up_to: bob });
    expect(await side.rows('select position from notifications where is_read')).toEqual([{ position: cid }]);
    expect(await updatesOf(side, 'ann')).toEqual([
      { id: story.referenceAt(cid), is_read: true },
      { id: null, is_read: true, date: expect.any(String) },
      { id: story.referenceAt(dan), is_read: false },
    ]);
    expect(await updatesOf(side, 'bob')).toEqual([]);
  });

  it('NotificationRead: of an announcement is an exception, unless it is closed, hidden or read already', async () => {
    const story = new Story().signsUp('Ann', 'Bob').blocks('Bob', 'Ann');
    story.announces('Ann');
    const hidden = story.position;
    const closed = story.announces('Bob', 'over');
    const over = story.position;
    story.closes('Bob', closed).announces('Bob', 'open');
    const open = story.position;
    for (const reader of ['Ann', 'Bob'])
      for (const position of [hidden, over, open, open]) story.readsNotification(reader, position);
    const side = await told(story);
    expect(await side.rows('select * from announcement_exceptions order by 2, 1')).toEqual([
      { user_key: 'ann', position: hidden, is_listed: false },
      { user_key: 'bob', position: hidden, is_listed: false },
      { user_key: 'ann', position: open, is_listed: true },
      { user_key: 'bob', position: open, is_listed: false },
    ]);
    const id = story.referenceAt(open);
    expect((await updatesOf(side, 'ann')).filter(({ is_read }) => is_read)).toEqual([{ id, is_read: true }]);
    expect((await updatesOf(side, 'bob')).filter(({ is_read }) => is_read)).toEqual([]);
  });

  it.each(['at once', 'one by one'])(
    'TournamentClosed: everyone but the creator is told, and no exception is left, written %s',
    async (how) => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid').blocks('Cid', 'Ann');
      const tournamentId = story.announces('Ann');
      const position = story.position;
      story.readsNotification('Bob', position).closes('Ann', tournamentId);
      const side = await sides.open();
      if (how === 'at once') await side.project(story.events);
      else await goOn(side, story);
      expect(await side.rows('select * from announcement_exceptions')).toEqual([]);
      const closed = { id: story.referenceAt(position), status: 'closed' };
      expect((await updatesOf(side, 'bob')).at(-1)).toEqual(closed);
      expect(await updatesOf(side, 'cid')).toEqual([closed]);
      expect(await updatesOf(side, 'ann')).toEqual([]);
    },
  );
});

const OF_NO_INVITATION = { invitation_id: null, options: null };
