import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cursorAfter } from '../../protocol/cursor.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { InvalidPageCursor } from '../../read-models/pages.ts';
import { openReadModels, type ReadModels } from '../../read-models/read-models.ts';
import { ReadModelsUnavailable, type Snapshot } from '../../read-models/snapshot.ts';
import { openReadSides, type ReadSides, silent } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { Story } from '../projection-service/story.ts';
import { everyPage } from './every-page.ts';

const FILLING = new ReadModelsUnavailable('the read models are being filled');
const FIRST: PageRequest = { limit: 10, offset: 0 };
const profile = (username: string) => ({ username, nickname: username, avatar: '', is_online: false });

describe('queries', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const told = async (story: Story) => {
    const side = await sides.open();
    await side.project(story.events);
    return answersOf(side.models);
  };

  describe('users', () => {
    it('answers self and others in any case, null for the unknown', async () => {
      const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
      story.sends('Bob', 'Ann');
      const models = await told(story);
      expect(await models.self('aNN')).toEqual({
        ...profile('Ann'),
        unread_messages_count: 1,
        unread_notifications_count: 0,
        game_id: null,
        tournament_id: null,
        is_engaged_in_game: false,
        opponent: null,
      });
      expect(await models.user('ann', 'BOB')).toEqual({
        ...profile('Bob'),
        date_joined: story.dateOf(3n),
        friends_count: 0,
        is_friend: false,
        is_blocked_user: false,
        is_blocked_by_user: false,
      });
      for (const nobody of ['', 'cid', 'a%', 'ann\u0000']) {
        expect(await models.self(nobody)).toBeNull();
        expect(await models.user('ann', nobody)).toBeNull();
      }
    });

    it('shows a block to the blocker and hides the blocker from the blocked', async () => {
      const models = await told(new Story().signsUp('Ann', 'Bob').blocks('Ann', 'Bob'));
      expect(await models.user('Ann', 'Bob')).toMatchObject({
        is_blocked_user: true,
        is_blocked_by_user: false,
      });
      expect(await models.user('Bob', 'Ann')).toBeNull();
    });

    it('shows the profile of who blocks the caller only to a caller who blocks back', async () => {
      const models = await told(
        new Story()
          .signsUp('Ann', 'Bob', 'Cid')
          .blocks('Bob', 'Ann')
          .blocks('Cid', 'Ann')
          .blocks('Ann', 'Cid'),
      );
      const { is_online: _, ...ann } = profile('Ann');
      expect(await models.profile('bob', 'ANN')).toEqual(ann);
      expect(await models.profile('ann', 'bob')).toBeNull();
      expect(await models.profile('ann', 'cid')).toMatchObject({ username: 'Cid' });
      expect(await models.profile('ann', 'nobody')).toBeNull();
    });

    it('counts the friends of who is asked for, and says whether the caller has added them', async () => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid').befriends('Ann', 'Bob').befriends('Bob', 'Cid');
      const models = await told(story.befriends('Bob', 'Ann').unfriends('Bob', 'Cid'));
      const seen = async (caller: string, asked: string) => {
        const user = await models.user(caller, asked);
        return [user?.friends_count, user?.is_friend];
      };
      expect(await seen('ann', 'bob')).toEqual([1, true]);
      expect(await seen('bob', 'cid')).toEqual([0, false]);
      expect(await seen('cid', 'ann')).toEqual([1, false]);
      expect(await seen('ann', 'ann')).toEqual([1, false]);
    });

    it.each(['friends', 'blockedUsers'] as const)('lists %s by name, in pages', async (list) => {
      const story = new Story().signsUp('Ann', 'Dan', 'Cid', 'bob', 'eve');
      for (const name of ['Dan', 'bob', 'Cid']) {
        if (list === 'friends') story.befriends('Ann', name).befriends(name, 'eve');
        else story.blocks('Ann', name).blocks(name, 'eve');
      }
      const models = await told(story);
      const page = await models[list]('ann', { limit: 2, offset: 0 });
      expect(page).toEqual({ items: [profile('bob'), profile('Cid')], count: 3, next: expect.any(String) });
      const rest = { items: [profile('Dan')], count: 3, next: null };
      expect(await models[list]('ann', { limit: 2, offset: 0, before: page.next ?? '' })).toEqual(rest);
      expect(await models[list]('ann', { limit: 2, offset: 2 })).toEqual(rest);
      for (const nobody of ['nobody', 'eve']) {
        expect(await models[list](nobody, FIRST)).toEqual({ items: [], count: 0, next: null });
      }
    });

    it('lists no friend whom a block has ended, on either side', async () => {
      const story = new Story().signsUp('Ann', 'Bob', 'Cid').befriends('Ann', 'Bob').befriends('Bob', 'Ann');
      const models = await told(story.befriends('Ann', 'Cid').blocks('Bob', 'Ann'));
      const names = async (caller: string) =>
        (await models.friends(caller, FIRST)).items.map(({ username }) => username);
      expect([await names('ann'), await names('bob')]).toEqual([['Cid'], []]);
    });
  });

  describe('search', () => {
    const story = new Story()
      .signsUp('Ann', 'ANNA', 'bob', 'a_b', 'a%b', 'axb', 'a\\b')
      .signsUpAs('zoe', 'Annika')
      .signsUpAs('annegret', 'Øyvind')
      .signsUp('anna.blocks.cid', 'cid')
      .blocks('anna.blocks.cid', 'cid');

    it.each([
      ['ann', ['Ann', 'ANNA', 'zoe', 'annegret']],
      ['ANNA', ['ANNA']],
      ['a_', ['a_b']],
      ['a%', ['a%b']],
      ['a\\', ['a\\b']],
      ['øy', ['annegret']],
      ['z', ['zoe']],
      ['nn', []],
      ['%', []],
      ['ann\u0000', []],
      ["' or 1=1 --", []],
    ])('for %j finds %j, by nickname and without who blocks the caller', async (search, usernames) => {
      const models = await told(story);
      const { items, count, next } = await models.searchUsers('Cid', search, FIRST);
      expect({ found: items.map((item) => item.username), count, next }).toEqual({
        found: usernames,
        count: usernames.length,
        next: null,
      });
    });

    it('shows everybody else to others, and everybody for nothing asked', async () => {
      const models = await told(story);
      expect(await models.searchUsers('bob', 'anna.', FIRST)).toMatchObject({ count: 1 });
      const all = await everyPage((page) => models.searchUsers('cid', '', page), 3);
      expect(all.map((item) => item.username)).toEqual([
        'a%b',
        'a\\b',
        'a_b',
        'Ann',
        'ANNA',
        'zoe',
        'axb',
        'bob',
        'cid',
        'annegret',
      ]);
    });
  });

  describe('chats', () => {
    const story = new Story().signsUp('Me', 'Ann', 'bob', 'Cid', 'zed');
    for (const [first, second] of [
      ['Me', 'Ann'],
      ['bob', 'Me'],
      ['Me', 'Cid'],
      ['zed', 'Me'],
      ['Ann', 'bob'],
    ] as const) {
      story.chat(first, second);
    }
    story.blocks('Me', 'Ann').blocks('zed', 'Me');
    const read = story.sends('Me', 'zed', 'to zed');
    const readAt = story.dateOf(story.reads(read).position);
    story.likes(read);
    story.sends('bob', 'Me', 'one');
    const newest = story.sends('bob', 'Me', 'two');
    story.sends('Ann', 'bob', 'not mine');

    it('come newest last message first, empty ones last, each as the caller sees it', async () => {
      const models = await told(story);
      const { items, count, next } = await models.chats('mE', FIRST);
      expect(items.map((item) => item.username).slice(0, 2)).toEqual(['bob', 'zed']);
      expect(
        items
          .slice(2)
          .map((item) => item.username)
          .toSorted(),
      ).toEqual(['Ann', 'Cid']);
      expect({ count, next }).toEqual({ count: 4, next: null });
      expect(items[0]).toEqual({
        chat_id: newest.chatId,
        ...profile('bob'),
        is_blocked_user: false,
        is_blocked_by_user: false,
        unread_messages_count: 2,
        last_message: {
          id: newest.id,
          content: 'two',
          date: story.dateOf(newest.position),
          sender: 'bob',
          is_read: false,
          is_liked: false,
          read_at: null,
        },
      });
      expect(items[1]).toMatchObject({
        ...profile('zed'),
        is_blocked_by_user: true,
        unread_messages_count: 0,
        last_message: { sender: 'Me', is_read: true, is_liked: true, read_at: readAt },
      });
      expect(items.find((item) => item.username === 'Ann')).toMatchObject({
        is_blocked_user: true,
        last_message: null,
      });
    });

    it('come in pages, by cursor and by offset alike; nobody has none', async () => {
      const models = await told(story);
      const whole = (await models.chats('me', FIRST)).items;
      expect(await everyPage((page) => models.chats('me', page), 1)).toEqual(whole);
      expect(await everyPage((page) => models.chats('me', page), 3)).toEqual(whole);
      expect((await models.chats('me', { limit: 2, offset: 1 })).items).toEqual(whole.slice(1, 3));
      expect(await models.chats('nobody', FIRST)).toEqual({ items: [], count: 0, next: null });
    });

    it('do not come again on a later page when new messages reorder them in between', async () => {
      const side = await sides.open();
      await side.project(story.events);
      const models = answersOf(side.models);
      const first = await models.chats('me', { limit: 2, offset: 0 });
      const later = new Story(story.position);
      later.sends('Me', 'zed');
      await side.project(later.events);
      const rest = await models.chats('me', { limit: 5, offset: 0, before: first.next ?? '' });
      expect(rest.items.map((item) => item.username).toSorted()).toEqual(['Ann', 'Cid']);
    });
  });

  describe('messages', () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const sent = Array.from({ length: 40 }, (_, index) =>
      index % 2 ? story.sends('Ann', 'Bob', `m${index}`) : story.sends('Bob', 'Ann', `m${index}`),
    );
    const [third, fifth, eighth] = [sent[3], sent[5], sent[8]];
    if (!third || !fifth || !eighth) throw new Error('unsent');
    const firstRead = story.dateOf(story.reads(third).position);
    story.reads(fifth).likes(eighth);
    const contents = sent.map((_, index) => `m${index}`).toReversed();

    it('come newest first, in pages by cursor and by offset alike', async () => {
      const models = await told(story);
      const ask = async (page: PageRequest) => (await models.messages('ann', 'BOB', page)) ?? fail();
      expect((await everyPage(ask, 7)).map((item) => item.content)).toEqual(contents);
      expect((await ask({ limit: 3, offset: 38 })).items.map((item) => item.content)).toEqual(['m1', 'm0']);
      expect(await ask({ limit: 40, offset: 0 })).toMatchObject({ count: 40, next: null });
      expect(await models.messages('ann', 'ann', FIRST)).toBeNull();
      expect(await models.messages('ann', 'cid', FIRST)).toBeNull();
    });

    it('are read since the first marker that reached them, and liked while they are', async () => {
      const models = await told(story);
      const { items } = (await models.messages('bob', 'ann', { limit: 100, offset: 0 })) ?? fail();
      const at = (index: number) => items.find((item) => item.content === `m${index}`);
      expect(at(1)).toMatchObject({ sender: 'Ann', is_read: true, read_at: firstRead, is_liked: false });
      expect(at(5)).toMatchObject({ is_read: true, read_at: expect.not.stringMatching(firstRead) });
      expect(at(7)).toMatchObject({ is_read: false, read_at: null });
      expect(at(0)).toMatchObject({ sender: 'Bob', is_read: false });
      expect(at(8)).toMatchObject({ is_liked: true });
    });

    it('are neither skipped nor doubled by a cursor when new ones arrive in between', async () => {
      const side = await sides.open();
      await side.project(story.events);
      const models = answersOf(side.models);
      const first = (await models.messages('ann', 'bob', { limit: 10, offset: 0 })) ?? fail();
      const later = new Story(story.position);
      for (let more = 0; more < 5; more += 1) later.sends('Ann', 'Bob', 'more');
      await side.project(later.events);
      const page = { limit: 100, offset: 0, before: first.next ?? '' };
      const rest = (await models.messages('ann', 'bob', page)) ?? fail();
      expect([...first.items, ...rest.items].map((item) => item.content)).toEqual(contents);
      expect(rest.count).toBe(45);
    });

    it('an opened chat shows the newest 30', async () => {
      const models = await told(story);
      const opened = await models.openedChat('Bob', 'ann');
      expect(opened).toMatchObject({ chat_id: sent[0]?.chatId, ...profile('Ann'), is_blocked_user: false });
      expect(Object.keys(opened ?? {})).not.toContain('unread_messages_count');
      expect(opened?.messages.map((item) => item.content)).toEqual(contents.slice(0, 30));
      expect(await models.openedChat('Bob', 'cid')).toBeNull();
    });
  });

  it.each(['', 'x', 'bnVsbA', Buffer.from('["chats",["1","x"]]').toString('base64url')])(
    'refuse a cursor they never gave out (%j), and that of another list',
    async (before) => {
      const models = await told(new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob'));
      const foreign = Buffer.from(JSON.stringify(['blocked_users', ['bob']])).toString('base64url');
      for (const page of [before, foreign].map((cursor) => ({ ...FIRST, before: cursor }))) {
        await expect(models.chats('ann', page)).rejects.toThrow(InvalidPageCursor);
        await expect(models.messages('ann', 'bob', page)).rejects.toThrow(InvalidPageCursor);
        await expect(models.searchUsers('ann', '', page)).rejects.toThrow(InvalidPageCursor);
      }
      await expect(models.blockedUsers('ann', { ...FIRST, before })).rejects.toThrow(InvalidPageCursor);
    },
  );

  it('reject as unavailable when there are no read models', async () => {
    const models = openReadModels({ pool: sides.pool, schema: 'nowhere', logger: silent });
    await expect(models.self('ann')).rejects.toThrow(ReadModelsUnavailable);
    await expect(models.projectedPosition()).rejects.toThrow(ReadModelsUnavailable);
  });

  it('reject as unavailable until they have been filled from the log, also for the second time', async () => {
    const { schema, models, ...side } = await sides.open(sides.freshSchema(), false);
    await side.project(new Story().signsUp('Ann').events);
    const asked = [
      () => models.self('ann'),
      () => models.missed('ann', null, 10),
      () => models.projectedPosition(),
    ];
    for (const ask of asked) await expect(ask()).rejects.toThrow(FILLING);
    await side.rows('update checkpoints set filled = true');
    for (const ask of asked) expect(await ask()).not.toBeNull();
    await side.close();
    await sides.pool.query(`drop schema ${schema} cascade`);
    await expect(models.self('ann')).rejects.toThrow('there are no read models yet');
    await migrateReadModels(sides.pool, schema);
    for (const ask of asked) await expect(ask()).rejects.toThrow(FILLING);
  });

  it.each(['missed', 'projectedPosition'] as const)(
    'notice in %s that they have been made anew behind their back',
    async (query) => {
      const { models, ...side } = await sides.open();
      expect(await models.self('ann')).toMatchObject({ answer: null });
      await side.rows('update checkpoints set filled = false');
      await expect(query === 'missed' ? models.missed('ann', null, 10) : models[query]()).rejects.toThrow(
        FILLING,
      );
      await expect(models.self('ann')).rejects.toThrow(FILLING);
    },
  );

  it('say which snapshot they are of, also where they find nothing', async () => {
    const side = await sides.open();
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    story.sends('Ann', 'Bob');
    for (const events of [[], story.events.slice(0, 2), story.events.slice(2)]) {
      await side.project(events);
      const { models } = side;
      const answers = await Promise.all([
        models.self('ann'),
        models.self('nobody'),
        models.searchUsers('ann', '', FIRST),
        models.user('ann', 'bob'),
        models.profile('ann', 'bob'),
        models.friends('ann', FIRST),
        models.blockedUsers('nobody', FIRST),
        models.chats('ann', FIRST),
        models.openedChat('ann', 'bob'),
        models.messages('ann', 'bob', FIRST),
      ]);
      const upTo = cursorAfter(await models.projectedPosition(), TEST_LOG);
      expect(answers.map((snapshot) => snapshot.upTo)).toEqual(answers.map(() => upTo));
    }
  });

  it('know how far the log has been projected', async () => {
    const side = await sides.open();
    expect(await side.models.projectedPosition()).toBe(-1n);
    const story = new Story().signsUp('Ann');
    await side.project(story.events);
    expect(await side.models.projectedPosition()).toBe(story.position);
  });
});

/** What the queries find, wherever they are in the log. */
function answersOf(models: ReadModels) {
  const answerOf =
    <Asked extends unknown[], Answer>(query: (...asked: Asked) => Promise<Snapshot<Answer>>) =>
    async (...asked: Asked): Promise<Answer> =>
      (await query(...asked)).answer;
  return {
    self: answerOf(models.self),
    searchUsers: answerOf(models.searchUsers),
    user: answerOf(models.user),
    profile: answerOf(models.profile),
    friends: answerOf(models.friends),
    blockedUsers: answerOf(models.blockedUsers),
    chats: answerOf(models.chats),
    openedChat: answerOf(models.openedChat),
    messages: answerOf(models.messages),
  };
}

function fail(): never {
  throw new Error('no such chat');
}
