import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NotificationFilter } from '../../protocol/http-requests.ts';
import { type Notification, notification, type PageRequest } from '../../protocol/http-resources.ts';
import { InvalidPageCursor } from '../../read-models/pages.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { openReadSides, type ReadSides } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';
import { everyPage } from './every-page.ts';

const FIRST: PageRequest = { limit: 10, offset: 0 };
const NOTHING = { items: [], count: 0, next: null };

describe('pages of notifications', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const told = async (story: Story) => {
    const side = await sides.open();
    await side.project(story.events);
    return side.models;
  };

  it('show what each is about, people as they are now, newest first', async () => {
    const story = new Story().signsUp('Me', 'Ann', 'Bob').befriends('Ann', 'Me');
    const added = story.position;
    const tournamentId = story.announces('Bob', 'Autumn Cup');
    const announced = story.position;
    const models = await told(story.renames('Ann', 'Annie', '/ann.png').renames('Bob', 'Bobby'));
    const { answer } = await models.notifications('mE', 'all', FIRST);
    expect(answer).toEqual({
      items: [
        {
          id: story.referenceAt(announced),
          action: 'new_tournament',
          data: {
            tournament_id: tournamentId,
            tournament_name: 'Autumn Cup',
            creator: 'Ace',
            alias: 'Ace',
            username: 'Bob',
            nickname: 'Bobby',
            avatar: '',
            status: 'open',
            date: story.dateOf(announced),
          },
          is_read: false,
        },
        {
          id: story.referenceAt(added),
          action: 'new_friend',
          data: { username: 'Ann', nickname: 'Annie', avatar: '/ann.png', date: story.dateOf(added) },
          is_read: false,
        },
      ],
      count: 2,
      next: null,
    });
  });

  it('show an invitation until it ends, both players as they are now', async () => {
    const story = new Story().signsUp('Me', 'Ann');
    const invitation = story.invites('Ann', 'Me');
    const side = await sides.open();
    await side.project(story.renames('Ann', 'Annie', '/ann.png').renames('Me', 'Myself').events);
    const settings = { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: true };
    const data = {
      game_id: invitation.invitationId,
      client_id: null,
      username: 'Ann',
      nickname: 'Annie',
      avatar: '/ann.png',
      options: settings,
      settings,
      status: 'pending',
      invitee: { username: 'Me', nickname: 'Myself', avatar: '' },
      date: story.dateOf(invitation.position),
    };
    const id = story.referenceAt(invitation.position);
    const shown = { items: [{ id, action: 'game_invite', data, is_read: false }], count: 1, next: null };
    const unread = await side.models.notifications('mE', 'unread', FIRST);
    expect(notification.parse(unread.answer.items[0])).toEqual(shown.items[0]);
    expect(unread.answer).toEqual(shown);
    expect((await side.models.notifications('ann', 'all', FIRST)).answer).toEqual(NOTHING);
    const later = new Story(story.position).duel(invitation, 'InviteDeclined');
    await side.project(later.events);
    for (const filter of ['all', 'unread', 'read'] as const)
      expect((await side.models.notifications('me', filter, FIRST)).answer).toEqual(NOTHING);
  });

  it('have nothing for who has none, and for nobody', async () => {
    const models = await told(new Story().signsUp('Ann'));
    for (const caller of ['ann', 'nobody', 'ann\u0000'])
      for (const filter of ['all', 'unread', 'read'] as const)
        expect((await models.notifications(caller, filter, FIRST)).answer).toEqual(NOTHING);
  });

  it('leave out what was announced before the sign-up, by oneself, by whom one blocked then, and what is closed', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid');
    story.announces('Ann', 'before');
    story.signsUp('Me').blocks('Me', 'Bob');
    story.announces('Me', 'own');
    story.announces('Bob', 'blocked');
    story.closes('Cid', story.announces('Cid', 'closed')).unblocks('Me', 'Bob');
    story.announces('Cid', 'seen');
    const models = await told(story.blocks('Me', 'Cid'));
    expect(await namesOf(models, 'me')).toEqual(['seen']);
    expect(await namesOf(models, 'cid')).toEqual(['blocked', 'own', 'before']);
    expect((await models.self('me')).answer).toMatchObject({ unread_notifications_count: 1 });
  });

  describe('of many', () => {
    /** Half of 400 friends and 240 announcements are read by a marker, and some of the others one by one; 40 are closed. */
    const story = new Story().signsUp('Me');
    const names = Array.from({ length: 240 }, (_, index) => `user${index}`);
    story
      .signsUp(...names)
      .blocks('Me', 'user7')
      .blocks('Me', 'user207');
    const open: { creator: string; id: string; position: bigint }[] = [];
    const befriend = (count: number) => {
      for (let more = 0; more < count; more += 1) story.befriends(names[more % names.length] ?? '', 'Me');
    };
    for (const [index, creator] of names.entries()) {
      if (index === 120) story.marksAllRead('Me', story.position);
      befriend(index % 3);
      if (index % 3 === 1 && index % 2 === 0) story.readsNotification('Me', story.position);
      const id = story.announces(creator);
      open.push({ creator, id, position: story.position });
      if (index % 5 === 0) story.readsNotification('Me', story.position);
    }
    for (const { creator, id } of open.splice(100, 40)) story.closes(creator, id);
    const count = { friends: 240, announced: 198 };

    it('come each once, by cursor and by offset alike, whichever filter; all are the read and the unread', async () => {
      const models = await told(story);
      const pagesOf = (filter: NotificationFilter, limit: number) =>
        everyPage(async (page) => (await models.notifications('me', filter, page)).answer, limit);
      const all = await pagesOf('all', 100);
      expect(all).toHaveLength(count.friends + count.announced);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      for (const limit of [7, 100]) {
        expect(await pagesOf('unread', limit)).toEqual(all.filter(({ is_read }) => !is_read));
        expect(await pagesOf('read', limit)).toEqual(all.filter(({ is_read }) => is_read));
      }
      const { answer: self } = await models.self('me');
      expect(self?.unread_notifications_count).toBe(all.filter(({ is_read }) => !is_read).length);
    });

    it('are neither skipped nor doubled by a cursor when new ones come in between', async () => {
      const side = await sides.open();
      await side.project(story.events);
      const ask = async (page: PageRequest) => (await side.models.notifications('me', 'all', page)).answer;
      const before = await everyPage(ask, 100);
      const first = await ask({ limit: 10, offset: 0 });
      const later = new Story(story.position).befriends('user1', 'Me');
      later.announces('user100');
      await side.project(later.events);
      const rest = await ask({ limit: 100, offset: 0, before: first.next ?? '' });
      expect([...first.items, ...rest.items]).toEqual(before.slice(0, 110));
      expect(rest.count).toBe(before.length + 2);
    });
  });

  it.each(['', 'x', Buffer.from('["messages",["7"]]').toString('base64url')])(
    'refuse a cursor that was never given out here (%j)',
    async (before) => {
      const models = await told(new Story().signsUp('Ann'));
      for (const filter of ['all', 'unread', 'read'] as const)
        await expect(models.notifications('ann', filter, { ...FIRST, before })).rejects.toThrow(
          InvalidPageCursor,
        );
    },
  );
});

async function namesOf(models: ReadModels, user: string): Promise<string[]> {
  const { answer } = await models.notifications(user, 'all', FIRST);
  return answer.items.map(nameIn);
}

const nameIn = ({ data }: Notification): string =>
  'tournament_name' in data ? data.tournament_name : data.username;
