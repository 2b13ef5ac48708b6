import { describe, expect, it } from 'vitest';
import { BEGUN_LIMIT } from '../../domain/begun.ts';
import {
  type AddFriend,
  type BlockUser,
  type ChatStarted,
  chatOf,
  type FriendAdded,
  type FriendRemoved,
  type Pair,
  type RemoveFriend,
  relationshipDecider,
  type StartChat,
  type UnblockUser,
  type UserBlocked,
  type UserUnblocked,
} from '../../domain/relationship.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(relationshipDecider);
const date = '2026-01-02T03:04:05.678Z';
const ann: Pair = { chatId: 'pair', other: { username: 'Ann' } };
const bob: Pair = { chatId: 'pair', other: { username: 'Bob' } };
const nobody: Pair = { chatId: 'pair', other: null };

const startChat: StartChat = { type: 'start_chat', actor: 'Ann', other: 'bOB', date };
const chatStarted: ChatStarted = {
  type: 'ChatStarted',
  data: { chatId: 'pair', participants: ['Ann', 'Bob'], date },
};
const added = (adder: string, friend: string, isNews = true, on = date): FriendAdded => ({
  type: 'FriendAdded',
  data: { adder, friend, isNews, date: on },
});
const removed = (remover: string, friend: string): FriendRemoved => ({
  type: 'FriendRemoved',
  data: { remover, friend, date },
});
const blocked = (blocker: string, other: string): UserBlocked => ({
  type: 'UserBlocked',
  data: { blocker, blocked: other, date },
});
const unblocked = (blocker: string, other: string): UserUnblocked => ({
  type: 'UserUnblocked',
  data: { blocker, blocked: other, date },
});

describe('starting a chat', () => {
  it('names the other as registered, however the caller wrote it', () => {
    given().when(startChat, bob).thenEvents(chatStarted);
  });

  it('that exists changes nothing, from either side', () => {
    given(chatStarted).when(startChat, bob).thenNothing();
    given(chatStarted)
      .when({ ...startChat, actor: 'Bob', other: 'Ann' }, ann)
      .thenNothing();
  });

  it('with oneself is refused, in any case and whoever is registered', () => {
    given()
      .when({ ...startChat, other: 'aNN' }, ann)
      .thenRefused('self_chat');
    given()
      .when({ ...startChat, other: 'aNN' }, nobody)
      .thenRefused('self_chat');
  });

  it('with nobody is refused', () => {
    given().when(startChat, nobody).thenRefused('user_not_found');
  });

  it('with someone who blocks the initiator looks as if there were no such user', () => {
    given(blocked('Bob', 'Ann')).when(startChat, bob).thenRefused('user_not_found');
  });

  it('is possible for the blocker, and again for the other after the block', () => {
    given(blocked('Ann', 'Bob')).when(startChat, bob).thenEvents(chatStarted);
    given(blocked('Bob', 'Ann'), unblocked('bob', 'ann')).when(startChat, bob).thenEvents(chatStarted);
  });

  it('that exists stays open to someone who was blocked', () => {
    given(chatStarted, blocked('Bob', 'Ann')).when(startChat, bob).thenNothing();
  });
});

describe('adding a friend', () => {
  const add: AddFriend = { type: 'add_friend', actor: 'Ann', friend: 'bob', date };

  it('names the other as registered, chat or no chat, and is news', () => {
    given().when(add, bob).thenEvents(added('Ann', 'Bob'));
    given(chatStarted).when(add, bob).thenEvents(added('Ann', 'Bob'));
  });

  it('goes one way: the other adds as well, or not', () => {
    given(added('Bob', 'Ann')).when(add, bob).thenEvents(added('Ann', 'Bob'));
  });

  it('twice is refused, until it was taken back', () => {
    given(added('ANN', 'Bob')).when(add, bob).thenRefused('already_friend');
    given(added('Ann', 'Bob'), removed('ann', 'bob'))
      .when(add, bob)
      .thenEvents(added('Ann', 'Bob', false));
  });

  it('is refused while one blocks the other, whoever', () => {
    given(blocked('Ann', 'Bob')).when(add, bob).thenRefused('blocked');
    given(blocked('Bob', 'Ann')).when(add, bob).thenRefused('blocked');
    given(blocked('Bob', 'Ann'), unblocked('Bob', 'Ann')).when(add, bob).thenEvents(added('Ann', 'Bob'));
  });

  it('oneself or nobody is refused', () => {
    given()
      .when({ ...add, friend: 'aNN' }, ann)
      .thenRefused('self_friend');
    given()
      .when({ ...add, friend: 'aNN' }, nobody)
      .thenRefused('self_friend');
    given().when(add, nobody).thenRefused('user_not_found');
  });

  it.each([
    ['2026-01-02T00:00:00.000Z', false],
    ['2026-01-02T23:59:59.999Z', false],
    ['2026-01-03T00:00:00.000Z', true],
    ['2026-02-01T00:00:00.000Z', true],
    ['2026-01-01T23:59:59.999Z', false],
  ])('again at %s is news: %s', (later, isNews) => {
    given(added('Ann', 'Bob'), removed('Ann', 'Bob'))
      .when({ ...add, date: later }, bob)
      .thenEvents(added('Ann', 'Bob', isNews, later));
  });

  it('that was no news leaves the day on which it was', () => {
    const [later, last] = ['2026-01-02T10:00:00.000Z', '2026-01-02T20:00:00.000Z'];
    given(
      added('Ann', 'Bob'),
      removed('Ann', 'Bob'),
      added('Ann', 'Bob', false, later),
      blocked('Bob', 'Ann'),
    )
      .when({ ...add, date: last }, bob)
      .thenRefused('blocked');
    given(
      added('Ann', 'Bob'),
      blocked('Bob', 'Ann'),
      unblocked('Bob', 'Ann'),
      added('Ann', 'Bob', false, later),
      removed('Ann', 'Bob'),
    )
      .when({ ...add, date: last }, bob)
      .thenEvents(added('Ann', 'Bob', false, last));
  });

  it('is news to each of the two', () => {
    given(added('Ann', 'Bob'))
      .when({ ...add, actor: 'Bob', friend: 'Ann' }, ann)
      .thenEvents(added('Bob', 'Ann'));
  });
});

describe('removing a friend', () => {
  const remove: RemoveFriend = { type: 'remove_friend', actor: 'Ann', friend: 'bob', date };

  it('takes back the own addition only', () => {
    given(added('Ann', 'Bob'), added('Bob', 'Ann')).when(remove, bob).thenEvents(removed('Ann', 'Bob'));
    given(added('Bob', 'Ann')).when(remove, bob).thenRefused('not_friend');
  });

  it('of someone who is none, or no longer, is refused', () => {
    given().when(remove, bob).thenRefused('not_friend');
    given(added('Ann', 'Bob'), removed('ann', 'bob')).when(remove, bob).thenRefused('not_friend');
  });

  it('whom one blocks, or who blocks, is refused: the block has done it', () => {
    given(added('Ann', 'Bob'), blocked('Bob', 'Ann')).when(remove, bob).thenRefused('not_friend');
    given(added('Ann', 'Bob'), blocked('Ann', 'Bob'), unblocked('Ann', 'Bob'))
      .when(remove, bob)
      .thenRefused('not_friend');
  });

  it('oneself or nobody is refused', () => {
    given()
      .when({ ...remove, friend: 'Ann' }, ann)
      .thenRefused('not_friend');
    given().when(remove, nobody).thenRefused('user_not_found');
  });
});

describe('blocking', () => {
  const block: BlockUser = { type: 'block_user', actor: 'Ann', blocked: 'bob', date };

  it('names the other as registered, chat or no chat', () => {
    given().when(block, bob).thenEvents(blocked('Ann', 'Bob'));
    given(chatStarted).when(block, bob).thenEvents(blocked('Ann', 'Bob'));
  });

  it('goes both ways', () => {
    given(blocked('Bob', 'Ann')).when(block, bob).thenEvents(blocked('Ann', 'Bob'));
  });

  it('is possible for friends', () => {
    given(added('Ann', 'Bob'), added('Bob', 'Ann')).when(block, bob).thenEvents(blocked('Ann', 'Bob'));
  });

  it('twice is refused, until it was taken back', () => {
    given(blocked('ANN', 'Bob')).when(block, bob).thenRefused('already_blocked');
    given(blocked('Ann', 'Bob'), unblocked('Ann', 'Bob')).when(block, bob).thenEvents(blocked('Ann', 'Bob'));
  });

  it('oneself or nobody is refused', () => {
    given()
      .when({ ...block, blocked: 'ann' }, ann)
      .thenRefused('self_block');
    given().when(block, nobody).thenRefused('user_not_found');
  });
});

describe('unblocking', () => {
  const unblock: UnblockUser = { type: 'unblock_user', actor: 'Ann', blocked: 'bob', date };

  it('takes back the own block only', () => {
    given(blocked('Ann', 'Bob'), blocked('Bob', 'Ann'))
      .when(unblock, bob)
      .thenEvents(unblocked('Ann', 'Bob'));
    given(blocked('Bob', 'Ann')).when(unblock, bob).thenRefused('not_blocked');
  });

  it('someone who is not blocked, or no longer, is refused', () => {
    given().when(unblock, bob).thenRefused('not_blocked');
    given(blocked('Ann', 'Bob'), unblocked('ann', 'bob')).when(unblock, bob).thenRefused('not_blocked');
  });

  it('oneself or nobody is refused', () => {
    given()
      .when({ ...unblock, blocked: 'Ann' }, ann)
      .thenRefused('not_blocked');
    given().when(unblock, nobody).thenRefused('user_not_found');
  });
});

describe('a chat as a user sees it', () => {
  const relationship = relationshipDecider.evolve(relationshipDecider.initial, chatStarted);

  it.each([
    ['ann', { chatId: 'pair', other: 'Bob' }],
    ['BOB', { chatId: 'pair', other: 'Ann' }],
    ['cleo', null],
  ])('for %s', (username, chat) => {
    expect(chatOf(relationship, username)).toEqual(chat);
  });

  it('is not there before it was started', () => {
    expect(chatOf(relationshipDecider.initial, 'ann')).toBeNull();
  });
});

describe('what one begins on a day', () => {
  const add: AddFriend = { type: 'add_friend', actor: 'Ann', friend: 'Bob', date };
  const lift: UnblockUser = { type: 'unblock_user', actor: 'Ann', blocked: 'Bob', date };
  const nextDay = '2026-01-03T00:00:00.000Z';
  const friendships = Array.from({ length: BEGUN_LIMIT }, (_, index) => [
    added('aNN', 'Bob', index === 0),
    removed('ann', 'bob'),
  ]).flat();

  it('is bounded, friendships and lifted blocks together, until the next day', () => {
    given(...friendships.slice(2))
      .when(add, bob)
      .thenEvents(added('Ann', 'Bob', true));
    given(...friendships)
      .when(add, bob)
      .thenRefused('rate_limited');
    given(...friendships, blocked('Ann', 'Bob'))
      .when(lift, bob)
      .thenRefused('rate_limited');
    given(...friendships.slice(2), blocked('Ann', 'Bob'), unblocked('Ann', 'Bob'))
      .when(add, bob)
      .thenRefused('rate_limited');
    given(...friendships)
      .when({ ...add, date: nextDay }, bob)
      .thenEvents(added('Ann', 'Bob', true, nextDay));
  });

  it('leaves free what ends something, and what the other begins', () => {
    const more = friendships.slice(0, -1);
    given(...more)
      .when({ type: 'remove_friend', actor: 'Ann', friend: 'Bob', date }, bob)
      .thenEvents(removed('Ann', 'Bob'));
    for (const actor of ['Ann', 'Bob'])
      given(...more)
        .when(
          { type: 'block_user', actor, blocked: actor === 'Ann' ? 'Bob' : 'Ann', date },
          actor === 'Ann' ? bob : ann,
        )
        .thenEvents(blocked(actor, actor === 'Ann' ? 'Bob' : 'Ann'));
    given(...more)
      .when({ ...add, actor: 'Bob', friend: 'Ann' }, ann)
      .thenEvents(added('Bob', 'Ann'));
  });
});
