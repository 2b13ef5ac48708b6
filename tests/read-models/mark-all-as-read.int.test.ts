import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';
import { friendsOfAnn, inboxOf, updatesOf } from './told-notifications.ts';

describe('AllNotificationsRead', () => {
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

  it('tells the same when what is beyond was written by an earlier leader, and of each of two in one batch', async () => {
    const { story, added } = friendsOfAnn('Bob', 'Cid', 'Dan');
    const [bob = 0n, cid = 0n] = added;
    story.announces('Bob');
    story.announces('Cid');
    const announced = story.position;
    story.readsNotification('Ann', announced);
    const side = await told(story);
    side.leadership.memory.forget();
    story.marksAllRead('Ann', bob).marksAllRead('Ann', cid);
    const marks = story.events.slice(-2);
    await side.project(marks);
    const unread = (from: number) =>
      story.events
        .slice(4 + from, 8)
        .map(({ position }) => ({ id: story.referenceAt(position), is_read: false }));
    const dateOf = (index: number) => story.dateOf(marks[index]?.position ?? 0n);
    expect((await updatesOf(side, 'ann')).slice(1)).toEqual([
      { id: null, is_read: true, date: dateOf(0) },
      ...unread(1),
      { id: null, is_read: true, date: dateOf(1) },
      ...unread(2),
    ]);
    expect(await inboxOf(side, 'ann')).toMatchObject({ listed: 3, unread: 1, marked_up_to: cid });
  });

  it('names a date that is not before that of anything marked, by whatever clock', async () => {
    const { story } = friendsOfAnn('Bob');
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
    const { story, added } = friendsOfAnn('Bob', 'Cid');
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

  it.each([0n, 7n])('is not projected when it reads what is yet to come (%s places on)', async (further) => {
    const story = new Story().signsUp('Ann');
    story.marksAllRead('Ann', story.position + 1n + further);
    await expect(told(story)).rejects.toThrow('up to a place that is not before it');
  });
});
