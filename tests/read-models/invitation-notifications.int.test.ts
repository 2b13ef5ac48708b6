import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventFrame } from '../../protocol/server-frames.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { type Invitation, Story } from '../projection-service/story.ts';
import { framesOf, inboxOf, updatesOf } from './told-notifications.ts';

const ENDS = [
  ['accepted', 'InviteAccepted'],
  ['declined', 'InviteDeclined'],
  ['cancelled', 'InviteCancelled'],
  ['expired', 'InviteExpired'],
] as const;

type End = (typeof ENDS)[number][1];

const ends = (story: Story, invitation: Invitation, type: End): Story =>
  (type === 'InviteAccepted' ? story.duel(invitation, 'SeatReserved') : story).duel(invitation, type);

describe('the notification of an invitation', () => {
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
  const goOn = async (side: ReadSide, { events }: Story): Promise<void> => {
    side.leadership.memory.forget();
    const { position } = side.leadership;
    await side.project(events.filter((event) => event.position > position));
  };

  it('is a row and a frame for the invitee, both as they are called then', async () => {
    const story = new Story().signsUp('Ann', 'Bob').renames('Ann', 'Annie', '/a.png').renames('Bob', 'Bobby');
    const { invitationId, position } = story.invites('Ann', 'Bob', 'my tab');
    const [id, date] = [story.referenceAt(position), story.dateOf(position)];
    const side = await told(story.renames('Ann', 'Anna').renames('Bob', 'Rob'));
    const options = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: true };
    const [frame, ...others] = await framesOf(side, 'bob');
    expect(others).toEqual([]);
    expect(frame).toEqual({
      action: 'game_invite',
      data: {
        id,
        game_id: invitationId,
        client_id: null,
        username: 'Ann',
        nickname: 'Annie',
        avatar: '/a.png',
        options,
        settings: options,
        status: 'pending',
        invitee: { username: 'Bob', nickname: 'Bobby', avatar: '' },
        date,
      },
    });
    expect(eventFrame.parse({ ...frame, cursor: 'c' })).toBeTruthy();
    expect(await framesOf(side, 'ann')).toEqual([]);
    expect(await side.rows('select * from notifications')).toEqual([
      {
        user_key: 'bob',
        position,
        id,
        actor_key: 'ann',
        date: new Date(date),
        is_read: false,
        invitation_id: invitationId,
        options,
      },
    ]);
    expect(await inboxOf(side, 'bob')).toMatchObject({ listed: 1, unread: 1, newest_date: new Date(date) });
  });

  describe.each(['in one batch', 'by later leaders'])('%s', (how) => {
    it.each(ENDS)('is taken away once it is %s, and its invitee is told', async (status, type) => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid').befriends('Cid', 'Bob');
      const side = await sides.open();
      const invitation = story.invites('Ann', 'Bob');
      if (how === 'by later leaders') await goOn(side, story);
      await goOn(side, ends(story, invitation, type));
      expect(await side.rows('select * from notifications where invitation_id is not null')).toEqual([]);
      expect(await inboxOf(side, 'bob')).toMatchObject({ listed: 1, unread: 1 });
      expect((await side.models.self('bob')).answer).toMatchObject({ unread_notifications_count: 1 });
      const id = story.referenceAt(invitation.position);
      expect(await updatesOf(side, 'bob')).toEqual([{ id, status }]);
      expect(await framesOf(side, 'ann')).toEqual([]);
    });

    it.each<[string, (story: Story, cause: bigint) => Story]>([
      ['by itself', (story, cause) => story.readsNotification('Bob', cause)],
      ['by a marker', (story) => story.marksAllRead('Bob', story.position)],
      ['in both ways', (story, at) => story.readsNotification('Bob', at).marksAllRead('Bob', story.position)],
    ])('is not counted as unread again when it was read %s before', async (_, read) => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid');
      const side = await sides.open();
      const invitation = story.invites('Ann', 'Bob');
      read(story, invitation.position).befriends('Cid', 'Bob');
      if (how === 'by later leaders') await goOn(side, story);
      await goOn(side, story.duel(invitation, 'InviteCancelled'));
      expect(await inboxOf(side, 'bob')).toMatchObject({ listed: 1, unread: 1 });
      const { answer } = await side.models.notifications('bob', 'read', { limit: 10, offset: 0 });
      expect(answer).toMatchObject({ items: [], count: 0 });
    });

    it('does not come back: who reads it afterwards, or all of them, is told nothing of it', async () => {
      const story = new Story().signsUp('Ann', 'Bob').befriends('Ann', 'Bob');
      const [added, side] = [story.position, await sides.open()];
      const ended = story.invites('Ann', 'Bob');
      const pending = story.duel(ended, 'InviteExpired').invites('Ann', 'Bob');
      if (how === 'by later leaders') await goOn(side, story);
      story.readsNotification('Bob', ended.position).marksAllRead('Bob', added);
      await goOn(side, story);
      expect(await updatesOf(side, 'bob')).toEqual([
        { id: story.referenceAt(ended.position), status: 'expired' },
        { id: null, is_read: true, date: expect.any(String) },
        { id: story.referenceAt(pending.position), is_read: false },
      ]);
      expect(await inboxOf(side, 'bob')).toMatchObject({ listed: 2, unread: 1 });
      expect(await side.rows('select position from notifications order by 1')).toEqual([
        { position: added },
        { position: pending.position },
      ]);
    });
  });

  it('ends once: a second end, and one of an invitation that nobody has sent, cannot be projected', async () => {
    const story = new Story().signsUp('Ann', 'Bob');
    const invitation = story.invites('Ann', 'Bob');
    const side = await told(story.duel(invitation, 'InviteDeclined'));
    const again = new Story(story.position).duel(invitation, 'InviteExpired');
    await expect(side.project(again.events)).rejects.toThrow('of an invitation that is not pending');
    side.leadership.memory.forget();
    await expect(side.project(again.events)).rejects.toThrow('of an invitation that is not pending');
  });
});
