import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EventFrame, eventFrame } from '../../protocol/server-frames.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';

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

  const friends = (...names: string[]) => {
    const story = new Story().signsUp('Ann', ...names);
    return { story, added: names.map((name) => story.befriends(name, 'Ann').position) };
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
      { user_key: 'ann', position, id, actor_key: 'bob', date: new Date(date), is_read: false },
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
    const { story, added } = friends('Bob', 'Cid', 'Dan');
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

  describe('AllNotificationsRead', () => {
    it('moves the marker, and tells what came after it and stays unread', async () => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid').befriends('Bob', 'Ann');
      story.announces('Bob');
      const upTo = story.position;
      const later = [story.befriends('Cid', 'Ann').position];
      later.push(story.unfriends('Cid', 'Ann').befriends('Cid', 'Ann').position);
      story.announces('Cid');
      later.push(story.position);
      story.announces('Ann', 'own');
      const read = later[1] ?? 0n;
      story.readsNotification('Ann', read).marksAllRead('Ann', upTo);
      const side = await told(story);
      expect((await updatesOf(side, 'ann')).slice(-3)).toEqual([
        { id: null, is_read: true, date: story.dateOf(story.position) },
        ...later
          .filter((position) => position !== read)
          .map((at) => ({ id: story.referenceAt(at), is_read: false })),
      ]);
      expect(await inboxOf(side, 'ann')).toMatchObject({ listed: 3, unread: 1, marked_up_to: upTo });
      expect((await side.models.self('ann')).answer).toMatchObject({ unread_notifications_count: 2 });
    });

    it('names a date that is not before that of anything marked, by whatever clock', async () => {
      const { story } = friends('Bob');
      story.announces('Bob');
      for (const index of [2, 3]) {
        const [recorded, ...events] = [story.events[index], ...story.events.filter((_, at) => at !== index)];
        const ahead = new Date(Date.parse(story.dateOf(99n))).toISOString();
        if (!recorded) throw new Error('untold');
        const { event } = recorded;
        Object.assign(event.data, { date: ahead });
        const marking = new Story(story.position).marksAllRead('Ann', story.position);
        const side = await sides.open();
        await side.project([...events, recorded].sort((a, b) => Number(a.position - b.position)));
        await side.project(marking.events);
        expect(await updatesOf(side, 'ann')).toEqual([{ id: null, is_read: true, date: ahead }]);
        Object.assign(event.data, { date: story.dateOf(recorded.position) });
      }
    });

    it('does nothing for a place that is not beyond the marker', async () => {
      const { story, added } = friends('Bob', 'Cid');
      const [bob = 0n, cid = 0n] = added;
      story.marksAllRead('Ann', cid).marksAllRead('Ann', bob).marksAllRead('Ann', cid);
      const side = await told(story);
      expect(await updatesOf(side, 'ann')).toHaveLength(1);
      expect(await inboxOf(side, 'ann')).toMatchObject({ unread: 0, marked_up_to: cid });
    });

    it('reaches no further than its reader: nothing from before the sign-up is told of', async () => {
      const story = new Story().signsUp('Bob');
      story.announces('Bob');
      const side = await told(story.signsUp('Ann').marksAllRead('Ann', 0n));
      expect(await updatesOf(side, 'ann')).toHaveLength(1);
      expect((await side.models.self('ann')).answer).toMatchObject({ unread_notifications_count: 0 });
    });

    it('tells of so many as cursors can number', async () => {
      const story = new Story().signsUp('Ann', 'Bob');
      for (let more = 0; more < 1001; more += 1) story.befriends('Bob', 'Ann');
      const side = await told(story.marksAllRead('Ann', 1n));
      const updates = await updatesOf(side, 'ann');
      expect(updates).toHaveLength(901);
      expect(updates.at(-1)).toEqual({
        id: story.referenceAt(story.events.at(-2)?.position ?? 0n),
        is_read: false,
      });
      expect(await inboxOf(side, 'ann')).toMatchObject({ unread: 1001 });
    });

    it.each([0n, 7n])(
      'is not projected when it reads what is yet to come (%s places on)',
      async (further) => {
        const story = new Story().signsUp('Ann');
        story.marksAllRead('Ann', story.position + 1n + further);
        await expect(told(story)).rejects.toThrow('up to a place that is not before it');
      },
    );
  });
});

/** What this user was told about notifications, as it stands in the feed. */
async function framesOf(side: ReadSide, user: string): Promise<EventFrame[]> {
  const rows = await side.rows(
    `select text from feed where audience = '${user}' or (audience = '*' and '${user}' <> all(except_keys))
      order by position, ordinal`,
  );
  return rows
    .map(({ text }) => eventFrame.parse(JSON.parse(String(text))))
    .filter(({ action }) => action !== 'relationship_changed')
    .map(({ cursor: _, ...frame }) => frame);
}

async function updatesOf(side: ReadSide, user: string) {
  const frames = await framesOf(side, user);
  return frames.flatMap((frame) => (frame.action === 'notification_updated' ? [frame.data] : []));
}

async function inboxOf(side: ReadSide, user: string) {
  const [inbox] = await side.rows(`select * from inboxes where user_key = '${user}'`);
  return inbox;
}
