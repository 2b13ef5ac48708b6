import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { pairId } from '../../platform/event-store/stream-name.ts';
import { type Cursor, cursorAfter } from '../../protocol/cursor.ts';
import type { Push } from '../../protocol/pushes.ts';
import { UnprojectableEvent } from '../../read-models/room.ts';
import { openReadSides, type ReadSide, type ReadSides } from './read-side.ts';
import { TEST_LOG } from './scripted-log.ts';
import { Story } from './story.ts';

describe('what each event does to the tables', () => {
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

  it('UserRegistered: a user, and every beginning of the names counted once', async () => {
    const side = await told(new Story().signsUpAs('Ann', 'Anja').signsUp('ab'));
    expect(
      await side.rows(
        'select user_key, username, nickname, nickname_key, avatar, date_joined, registered_position from users order by user_key',
      ),
    ).toEqual([
      {
        user_key: 'ab',
        username: 'ab',
        nickname: 'ab',
        nickname_key: 'ab',
        avatar: '',
        date_joined: date(3),
        registered_position: 3n,
      },
      {
        user_key: 'ann',
        username: 'Ann',
        nickname: 'Anja',
        nickname_key: 'anja',
        avatar: '',
        date_joined: date(2),
        registered_position: 2n,
      },
    ]);
    expect(await side.rows('select * from user_prefixes order by prefix')).toEqual(
      ['', 'a', 'ab', 'an', 'anj', 'anja', 'ann'].map((prefix) => ({
        prefix,
        users: prefix.length < 2 ? 2 : 1,
      })),
    );
  });

  it('ProfileUpdated: another nickname and picture, found by the new name and no longer by the old one', async () => {
    const side = await told(new Story().signsUp('Ann', 'ab').renames('Ann', 'Bea', '/bea.png'));
    const rows = () =>
      side.rows('select username, nickname, nickname_key, avatar, date_joined from users order by user_key');
    const prefixes = async () =>
      (await side.rows('select * from user_prefixes order by prefix')).map(
        ({ prefix, users }) => `${prefix} ${users}`,
      );
    expect((await rows())[1]).toEqual({
      username: 'Ann',
      nickname: 'Bea',
      nickname_key: 'bea',
      avatar: '/bea.png',
      date_joined: date(2),
    });
    const byUsernameAlone = () => side.rows('select * from username_prefixes order by prefix');
    expect(await prefixes()).toEqual([' 2', 'a 2', 'ab 1', 'an 1', 'ann 1', 'b 1', 'be 1', 'bea 1']);
    expect(await byUsernameAlone()).toEqual(
      ['a', 'an', 'ann'].map((prefix) => ({
        prefix,
        is_online: false,
        nickname_key: 'bea',
        user_key: 'ann',
      })),
    );
    const later = new Story(4n).renames('Ann', 'annab').renames('ab', 'AB');
    await side.project(later.events);
    expect(await rows()).toMatchObject([
      { username: 'ab', nickname: 'AB', nickname_key: 'ab' },
      { username: 'Ann', nickname: 'annab', avatar: '' },
    ]);
    expect(await prefixes()).toEqual([' 2', 'a 2', 'ab 1', 'an 1', 'ann 1', 'anna 1', 'annab 1']);
    expect(await byUsernameAlone()).toEqual([]);
    expect(await side.rows('select * from feed')).toEqual([]);
  });

  it('ChatStarted: one chat, counted for both', async () => {
    const side = await told(new Story().signsUp('Bob', 'Ann').chat('Bob', 'Ann'));
    expect(await side.rows('select * from chats')).toEqual([
      {
        chat_id: pairId('Ann', 'Bob'),
        user_a: 'ann',
        user_b: 'bob',
        sent_a: 0,
        sent_b: 0,
        read_a: 0,
        read_b: 0,
        last_position: -1n,
        order_position: -1n,
      },
    ]);
    expect(await side.rows('select user_key, chats from user_counters order by 1')).toEqual([
      { user_key: 'ann', chats: 1 },
      { user_key: 'bob', chats: 1 },
    ]);
  });

  it('UserBlocked and UserUnblocked: a block there and gone, counted', async () => {
    const story = new Story()
      .blocks('Ann', 'Bob')
      .blocks('Ann', 'Cid')
      .blocks('Bob', 'Ann')
      .unblocks('Ann', 'Bob');
    const side = await told(story);
    expect(await side.rows('select * from blocks order by 1')).toEqual([
      { blocker_key: 'ann', blocked_key: 'cid' },
      { blocker_key: 'bob', blocked_key: 'ann' },
    ]);
    expect(await side.rows('select user_key, blocked_users from user_counters order by 1')).toEqual([
      { user_key: 'ann', blocked_users: 1 },
      { user_key: 'bob', blocked_users: 1 },
    ]);
  });

  it('FriendAdded and FriendRemoved: one direction there and gone, counted for who added', async () => {
    const story = new Story()
      .befriends('Ann', 'Bob', false)
      .befriends('Ann', 'Cid', false)
      .befriends('Bob', 'Ann', false)
      .unfriends('Ann', 'Bob');
    const side = await told(story);
    expect(await side.rows('select * from friendships order by 1')).toEqual([
      { adder_key: 'ann', friend_key: 'cid' },
      { adder_key: 'bob', friend_key: 'ann' },
    ]);
    expect(await side.rows('select user_key, friends from user_counters order by 1')).toEqual([
      { user_key: 'ann', friends: 1 },
      { user_key: 'bob', friends: 1 },
    ]);
  });

  it('UserBlocked: ends the friendships of both, whether they were written or not', async () => {
    const story = new Story()
      .befriends('Ann', 'Bob', false)
      .befriends('Bob', 'Ann', false)
      .befriends('Bob', 'Cid', false);
    const [first] = story.events;
    if (!first) throw new Error('untold');
    const side = await sides.open();
    await side.project([first]);
    await side.project(story.blocks('Bob', 'Ann').events.slice(1));
    expect(await side.rows('select * from friendships')).toEqual([{ adder_key: 'bob', friend_key: 'cid' }]);
    expect(await side.rows('select user_key, friends, blocked_users from user_counters order by 1')).toEqual([
      { user_key: 'ann', friends: 0, blocked_users: 0 },
      { user_key: 'bob', friends: 1, blocked_users: 1 },
    ]);
    await side.project(new Story(story.position).unblocks('Bob', 'Ann').events);
    expect(await side.rows('select * from friendships')).toEqual([{ adder_key: 'bob', friend_key: 'cid' }]);
  });

  it('tells both after each of them how they stand to each other, once each, as each sees the other', async () => {
    const story = new Story()
      .befriends('Ann', 'Bob', false)
      .befriends('Bob', 'Ann', false)
      .unfriends('Ann', 'Bob');
    const side = await told(story.blocks('Ann', 'Bob').blocks('Bob', 'Ann').unblocks('Ann', 'Bob'));
    const toldTo = async (key: string) =>
      (await side.rows(`select text from feed where audience = '${key}' order by position, ordinal`)).map(
        ({ text }) => {
          const { action, data } = JSON.parse(String(text));
          const { username, is_friend, is_blocked_user, is_blocked_by_user } = data;
          return [action, username, is_friend, is_blocked_user, is_blocked_by_user];
        },
      );
    expect(await toldTo('ann')).toEqual([
      ['relationship_changed', 'Bob', true, false, false],
      ['relationship_changed', 'Bob', true, false, false],
      ['relationship_changed', 'Bob', false, false, false],
      ['relationship_changed', 'Bob', false, true, false],
      ['relationship_changed', 'Bob', false, true, true],
      ['relationship_changed', 'Bob', false, false, true],
    ]);
    expect(await toldTo('bob')).toEqual([
      ['relationship_changed', 'Ann', false, false, false],
      ['relationship_changed', 'Ann', true, false, false],
      ['relationship_changed', 'Ann', true, false, false],
      ['relationship_changed', 'Ann', false, false, true],
      ['relationship_changed', 'Ann', false, true, true],
      ['relationship_changed', 'Ann', false, true, false],
    ]);
  });

  it('MessageSent: a numbered message, the chat on top, unread for the recipient, a frame for both', async () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const sent = story.sends('Bob', 'Ann', ' "quoted"\n\\ and blanks ');
    const second = story.sends('Bob', 'Ann', 'again');
    const side = await told(story);
    expect(await side.rows('select * from messages order by position')).toMatchObject([
      { message_id: sent.id, sender_key: 'bob', number: 1, content: ' "quoted"\n\\ and blanks ' },
      { message_id: second.id, position: second.position, chat_id: sent.chatId, number: 2 },
    ]);
    expect(await side.rows('select sent_a, sent_b, last_position from chats')).toEqual([
      { sent_a: 0, sent_b: 2, last_position: second.position },
    ]);
    expect(await side.rows('select user_key, unread_messages from user_counters order by 1')).toEqual([
      { user_key: 'ann', unread_messages: 2 },
      { user_key: 'bob', unread_messages: 0 },
    ]);
    expect(await side.rows('select * from feed')).toEqual([]);
    const after = cursorAfter(sent.position - 1n, TEST_LOG);
    const [push] = await pushesAfter(side, 'Ann', after);
    expect(await pushesAfter(side, 'Bob', after)).toHaveLength(2);
    expect(JSON.parse(push?.text ?? '')).toEqual({
      action: 'new_message',
      data: {
        chat_id: sent.chatId,
        id: sent.id,
        content: ' "quoted"\n\\ and blanks ',
        date: story.dateOf(sent.position),
        sender: 'Bob',
        timestamp: expect.any(String),
        is_read: false,
        is_liked: false,
      },
      cursor: `${sent.position}.0.${TEST_LOG}`,
    });
  });

  it('MessageSent: the order of a chat that is first for both stays as it is', async () => {
    const story = new Story().signsUp('Ann', 'Bob', 'Cid').chat('Ann', 'Bob').chat('Cid', 'Bob');
    const side = await told(story);
    const orderOf = async (other: string) => {
      const [row] = await side.rows(
        `select order_position from chats where chat_id = '${pairId('Bob', other)}'`,
      );
      return row?.order_position;
    };
    const tell = async (sender: string, recipient: string) => {
      story.sends(sender, recipient);
      await side.project(story.events.slice(-1));
      return story.position;
    };
    const first = await tell('Ann', 'Bob');
    await tell('Bob', 'Ann');
    expect(await orderOf('Ann')).toBe(first);
    const other = await tell('Bob', 'Cid');
    await tell('Cid', 'Bob');
    expect(await orderOf('Cid')).toBe(other);
    const again = await tell('Ann', 'Bob');
    await tell('Ann', 'Bob');
    expect([await orderOf('Ann'), await orderOf('Cid')]).toEqual([again, other]);
  });

  it('MessageLiked and MessageUnliked: a like there and gone, each told to both', async () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    const [first, second, third] = [1, 2, 3].map(() => story.sends('Ann', 'Bob'));
    if (!first || !second || !third) throw new Error('unsent');
    story.likes(first).likes(second).unlikes(second).likes(third).unlikes(third).likes(third);
    const side = await told(story);
    expect((await side.rows('select message_id from likes')).map((row) => row.message_id).sort()).toEqual(
      [first.id, third.id].sort(),
    );
    const feed = await side.rows(
      `select text from feed where audience = 'ann' order by position desc limit 2`,
    );
    expect(feed.map(({ text }) => JSON.parse(String(text)))).toMatchObject([
      { action: 'like_message', data: { chat_id: third.chatId, id: third.id, is_liked: true } },
      { action: 'like_message', data: { id: third.id, is_liked: false } },
    ]);
    await side.project(new Story(story.position).unlikes(first).events);
    expect(await side.rows('select message_id from likes')).toEqual([{ message_id: third.id }]);
  });

  it('MessagesRead: all up to there are read, what came after or from the reader is not', async () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    story.sends('Ann', 'Bob');
    const read = story.sends('Ann', 'Bob');
    story.sends('Bob', 'Ann');
    story.sends('Ann', 'Bob');
    story.reads(read);
    story.sends('Ann', 'Bob');
    const side = await told(story);
    expect(await side.rows('select sent_a, sent_b, read_a, read_b from chats')).toEqual([
      { sent_a: 4, sent_b: 1, read_a: 0, read_b: 2 },
    ]);
    expect(await side.rows('select user_key, unread_messages from user_counters order by 1')).toEqual([
      { user_key: 'ann', unread_messages: 1 },
      { user_key: 'bob', unread_messages: 2 },
    ]);
    expect(await side.rows('select reader_key, position from read_markers')).toEqual([
      { reader_key: 'bob', position: read.position },
    ]);
    const feed = await side.rows('select audience, except_keys, text from feed order by 1');
    expect(feed).toMatchObject([
      { audience: 'ann', except_keys: null },
      { audience: 'bob', except_keys: null },
    ]);
    const [frame] = feed;
    expect(JSON.parse(String(frame?.text))).toMatchObject({
      action: 'read_message',
      data: { chat_id: read.chatId, id: read.id, reader: 'Bob', date: expect.any(String) },
    });
  });

  it('refuses what contradicts the log: a second user of a name, one who is not there', async () => {
    const twice = new Story().signsUp('Ann').signsUp('ANN');
    const atOnce = await sides.open();
    await expect(atOnce.project(twice.events)).rejects.toThrow('there already');
    const oneByOne = await sides.open();
    await oneByOne.project(twice.events.slice(0, 1));
    oneByOne.leadership.memory.forget();
    await expect(oneByOne.project(twice.events.slice(1))).rejects.toMatchObject({ code: '23505' });
    await expect(oneByOne.project(new Story(9n).renames('Bob', 'Bobby').events)).rejects.toThrow('not there');
    expect(await oneByOne.rows('select username, nickname from users')).toEqual([
      { username: 'Ann', nickname: 'Ann' },
    ]);
  });

  it('TournamentCreated and TournamentClosed: a numbered tournament, open or not, counted in the tree', async () => {
    const story = new Story().signsUp('Ann', 'Bob');
    const first = story.announces('Ann', 'Cup "of\n\\cups"');
    const announced = story.events.at(-1);
    const second = story.announces('Bob');
    const third = story.closes('Ann', first).announces('Ann');
    const side = await told(story);
    if (!announced) throw new Error('not announced');
    const rows = await side.rows('select * from tournaments order by number');
    expect(rows[0]).toEqual({
      tournament_id: first,
      number: 1,
      position: announced.position,
      notification_id: referenceTo(announced),
      name: 'Cup "of\n\\cups"',
      alias: 'Ace',
      required_participants: 4,
      settings: { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: true },
      creator_key: 'ann',
      is_open: false,
      date: date(Number(announced.position)),
    });
    expect(rows.slice(1)).toMatchObject([
      { tournament_id: second, number: 2, is_open: true, creator_key: 'bob' },
      { tournament_id: third, number: 3, is_open: true, creator_key: 'ann' },
    ]);
    expect(await side.rows('select * from open_tournaments order by node')).toEqual(
      [2, 0, 1, 1].map((open, node) => ({ node, open })),
    );
  });

  it('refuses what contradicts the log: no chat, a stranger, a message that is not there', async () => {
    const side = await sides.open();
    const nowhere = new Story();
    const unsent = nowhere.sends('Ann', 'Bob');
    await expect(side.project(nowhere.events)).rejects.toThrow(UnprojectableEvent);
    const unread = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob').reads(unsent);
    await expect(side.project(unread.events)).rejects.toThrow('a message that is not there');
    const stranger = new Story().chat('Ann', 'Bob');
    const { id, chatId } = unsent;
    stranger.add(`message-${id}`, (date) => ({
      type: 'MessageSent',
      data: { messageId: id, chatId, sender: 'Cid', recipient: 'Bob', content: '', timestamp: '', date },
    }));
    await expect(side.project(stranger.events)).rejects.toThrow('not in the chat');
    expect(await side.rows('select position from checkpoints')).toEqual([{ position: -1n }]);
  });

  it('refuses a name that its column cannot hold, rather than mixing rows up', async () => {
    const side = await sides.open();
    const odd = new Story().chat('Ann\nBob', 'Cid').chat('Ann', 'Bob');
    await expect(side.project(odd.events)).rejects.toMatchObject({ code: '21000' });
    expect(await side.rows('select * from chats')).toEqual([]);
  });
});

async function pushesAfter(side: ReadSide, user: string, after: Cursor): Promise<readonly Push[]> {
  const missed = await side.models.missed(user, after, 100);
  if (missed.outcome !== 'complete') throw new Error('incomplete');
  return missed.pushes;
}

const date = (position: number): Date => new Date(new Story().dateOf(BigInt(position)));
