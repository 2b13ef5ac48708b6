import { describe, it } from 'vitest';
import type {
  LikeMessage,
  MessageLiked,
  MessageSent,
  MessageUnliked,
  SendMessage,
  UnlikeMessage,
} from '../../domain/message.ts';
import { messageDecider } from '../../domain/message.ts';
import { type Relationship, relationshipDecider } from '../../domain/relationship.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(messageDecider);
const date = '2026-01-02T03:04:05.678Z';
const strangers: Relationship = relationshipDecider.initial;
const chat: Relationship = { ...strangers, chat: { chatId: 'chat', participants: ['Ann', 'Bob'] } };
const otherChat: Relationship = { ...strangers, chat: { chatId: 'other', participants: ['Ann', 'Cleo'] } };
const blockedChats: Relationship[] = [
  { ...chat, blockers: ['ann'] },
  { ...chat, blockers: ['bob'] },
];

const send: SendMessage = {
  type: 'send_message',
  actor: 'Ann',
  messageId: 'message',
  chatId: 'chat',
  content: 'hello',
  timestamp: '10:15',
  date,
};
const sent: MessageSent = {
  type: 'MessageSent',
  data: {
    messageId: 'message',
    chatId: 'chat',
    sender: 'Ann',
    recipient: 'Bob',
    content: 'hello',
    timestamp: '10:15',
    date,
  },
};
const reaction = { messageId: 'message', chatId: 'chat', sender: 'Ann', recipient: 'Bob', date };
const liked: MessageLiked = { type: 'MessageLiked', data: reaction };
const unliked: MessageUnliked = { type: 'MessageUnliked', data: reaction };

describe('sending', () => {
  it('names both sides', () => {
    given().when(send, chat).thenEvents(sent);
    given()
      .when({ ...send, actor: 'Bob' }, chat)
      .thenEvents({ ...sent, data: { ...sent.data, sender: 'Bob', recipient: 'Ann' } });
  });

  it.each(['  blanks\n kept ', 'x'.repeat(256), '🏓'.repeat(128), '\u200b'])(
    'keeps the text %j',
    (content) => {
      given()
        .when({ ...send, content }, chat)
        .thenEvents({ ...sent, data: { ...sent.data, content } });
    },
  );

  it.each([
    ['content_empty', ''],
    ['content_empty', ' \t\n\u00a0\ufeff'],
    ['content_empty', ' '.repeat(257)],
    ['content_too_long', 'x'.repeat(257)],
    ['content_too_long', '🏓'.repeat(129)],
    ['content_invalid', '\u0000'],
    ['content_invalid', 'high \ud83c'],
    ['content_invalid', '\udfd3 low'],
  ] as const)('is refused as %s with the text %j', (code, content) => {
    given()
      .when({ ...send, content }, chat)
      .thenRefused(code);
  });

  it('is refused in a chat that is not there, or not theirs', () => {
    given().when(send, strangers).thenRefused('chat_not_found');
    given().when(send, otherChat).thenRefused('chat_not_found');
    given()
      .when({ ...send, actor: 'Cleo' }, chat)
      .thenRefused('chat_not_found');
  });

  it('is refused while either blocks the other', () => {
    for (const blocked of blockedChats) given().when(send, blocked).thenRefused('blocked');
  });

  it('again changes nothing, whatever has happened since', () => {
    given(sent).when(send, chat).thenNothing();
    given(sent)
      .when({ ...send, actor: 'ANN', timestamp: '10:16', date: '2027-01-01T00:00:00.000Z' }, chat)
      .thenNothing();
    given(sent, liked, unliked).when(send, chat).thenNothing();
    for (const blocked of blockedChats) given(sent).when(send, blocked).thenNothing();
  });

  it('other content, in another chat or as someone else under a used id is refused', () => {
    given(sent)
      .when({ ...send, content: 'hello ' }, chat)
      .thenRefused('id_conflict');
    given(sent)
      .when({ ...send, chatId: 'other' }, otherChat)
      .thenRefused('id_conflict');
    given(sent)
      .when({ ...send, actor: 'Bob' }, chat)
      .thenRefused('id_conflict');
    for (const blocked of blockedChats) {
      given(sent)
        .when({ ...send, content: 'other' }, blocked)
        .thenRefused('id_conflict');
    }
  });

  it('looks at the chat first, then at the text, then at the id', () => {
    given(sent)
      .when({ ...send, content: '' }, strangers)
      .thenRefused('chat_not_found');
    given(sent)
      .when({ ...send, content: '' }, chat)
      .thenRefused('content_empty');
    for (const blocked of blockedChats) {
      given()
        .when({ ...send, content: '' }, blocked)
        .thenRefused('content_empty');
    }
  });
});

describe('liking', () => {
  const like: LikeMessage = {
    type: 'like_message',
    messageId: 'message',
    chatId: 'chat',
    actor: 'Bob',
    date,
  };
  const unlike: UnlikeMessage = { ...like, type: 'unlike_message' };

  it('and unliking toggle', () => {
    given(sent).when(like, chat).thenEvents(liked);
    given(sent, liked).when(unlike, chat).thenEvents(unliked);
    given(sent, liked, unliked).when(like, chat).thenEvents(liked);
  });

  it('what is liked, or unliking what is not, changes nothing, blocked or not', () => {
    for (const relationship of [chat, ...blockedChats]) {
      given(sent, liked).when(like, relationship).thenNothing();
      given(sent).when(unlike, relationship).thenNothing();
      given(sent, liked, unliked).when(unlike, relationship).thenNothing();
    }
  });

  it('is refused while either blocks the other', () => {
    for (const blocked of blockedChats) {
      given(sent).when(like, blocked).thenRefused('blocked');
      given(sent, liked).when(unlike, blocked).thenRefused('blocked');
    }
  });

  it.each([like, unlike])('is refused where it makes no sense: $type', (command) => {
    given(sent).when(command, strangers).thenRefused('chat_not_found');
    given(sent)
      .when({ ...command, actor: 'Cleo' }, chat)
      .thenRefused('chat_not_found');
    given().when(command, chat).thenRefused('message_not_found');
    given(sent)
      .when({ ...command, chatId: 'other', actor: 'Cleo' }, otherChat)
      .thenRefused('message_not_found');
    given(sent)
      .when({ ...command, actor: 'aNN' }, chat)
      .thenRefused('own_message');
    for (const blocked of blockedChats) {
      given(sent)
        .when({ ...command, actor: 'Ann' }, blocked)
        .thenRefused('own_message');
    }
  });
});
