import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import {
  acceptance,
  conversation,
  eventsOf,
  like,
  message,
  read,
  refusal,
  registered,
  unlike,
} from './conversation.ts';
import { useCommandService } from './running-command-service.ts';

const service = useCommandService();

const date = '2026-01-02T03:04:05.678Z';

describe('send_message', () => {
  it('stores the text as sent and answers its id and place', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const sent = message(chatId, ' blanks\n kept, 🏓 ');
    const reply = await service.send(ann, sent);
    const [stored] = await eventsOf(service, streamOf('message', sent.messageId));
    const { messageId, content, timestamp } = sent;
    expect(stored?.event).toEqual({
      type: 'MessageSent',
      data: { messageId, chatId, sender: ann, recipient: bob, content, timestamp, date },
    });
    expect(reply).toEqual({
      outcome: 'accepted',
      changed: true,
      id: messageId,
      position: String(stored?.position),
    });
  });

  it('again, as another command, answers the place of the first, whatever has happened since', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const sent = message(chatId);
    const first = acceptance(await service.send(ann, sent));
    const again = { ...first, changed: false };
    expect(await service.send(ann, sent)).toEqual(again);
    acceptance(await service.send(bob, like(chatId, sent.messageId)));
    expect(await service.send(ann, { ...sent, timestamp: 'later' })).toEqual(again);
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    expect(await service.send(ann, sent)).toEqual(again);
    expect(await eventsOf(service, streamOf('message', sent.messageId))).toHaveLength(2);
  });

  it('takes ids in any case for the same', async () => {
    const { ann, chatId } = await conversation(service);
    const sent = message(chatId);
    const first = acceptance(await service.send(ann, sent));
    const shouted = { ...sent, chatId: chatId.toUpperCase(), messageId: sent.messageId.toUpperCase() };
    expect(await service.send(ann, shouted)).toEqual({ ...first, changed: false });
  });

  it('is refused under an id that was used with other content, in another chat or by another sender', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const cleo = await registered(service, 'Cleo');
    const other = acceptance(await service.send(ann, { type: 'start_chat', other: cleo })).id ?? '';
    const sent = message(chatId);
    acceptance(await service.send(ann, sent));
    expect(await service.send(ann, { ...sent, content: 'hello ' })).toEqual(refusal('id_conflict'));
    expect(await service.send(ann, { ...sent, chatId: other })).toEqual(refusal('id_conflict'));
    expect(await service.send(bob, sent)).toEqual(refusal('id_conflict'));
    expect(await service.send(cleo, sent)).toEqual(refusal('chat_not_found'));
    expect(await eventsOf(service, streamOf('message', sent.messageId))).toHaveLength(1);
  });

  it('is refused in a chat that is unknown or not theirs, without a fitting text, and after a block', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const cleo = await registered(service, 'Cleo');
    expect(await service.send(ann, message(randomUUID()))).toEqual(refusal('chat_not_found'));
    expect(await service.send(cleo, message(chatId))).toEqual(refusal('chat_not_found'));
    expect(await service.send(ann, message(chatId, ' '))).toEqual(refusal('content_empty'));
    expect(await service.send(ann, message(chatId, 'x'.repeat(257)))).toEqual(refusal('content_too_long'));
    expect(await service.send(ann, message(chatId, '\u0000'))).toEqual(refusal('content_invalid'));
    acceptance(await service.send(bob, { type: 'block_user', blocked: ann }));
    const [fromAnn, fromBob] = [message(chatId), message(chatId)];
    expect(await service.send(ann, fromAnn)).toEqual(refusal('blocked'));
    expect(await service.send(bob, fromBob)).toEqual(refusal('blocked'));
    expect(await eventsOf(service, streamOf('message', fromAnn.messageId))).toEqual([]);
  });
});

describe('like_message and unlike_message', () => {
  it('toggle, and change nothing when it is so already', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const { messageId } = message(chatId);
    const sent = acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    const replies = [];
    for (const wish of [unlike, like, like, unlike, unlike, like]) {
      replies.push(acceptance(await service.send(bob, wish(chatId, messageId))));
    }
    const stored = await eventsOf(service, streamOf('message', messageId));
    expect(stored.map(({ event }) => event.type)).toEqual([
      'MessageSent',
      'MessageLiked',
      'MessageUnliked',
      'MessageLiked',
    ]);
    const [, liked, unliked, likedAgain] = stored.map(({ position }) => String(position));
    expect(replies).toEqual([
      { outcome: 'accepted', changed: false, position: sent.position },
      { outcome: 'accepted', changed: true, position: liked },
      { outcome: 'accepted', changed: false, position: liked },
      { outcome: 'accepted', changed: true, position: unliked },
      { outcome: 'accepted', changed: false, position: unliked },
      { outcome: 'accepted', changed: true, position: likedAgain },
    ]);
  });

  it.each([like, unlike])('are refused where they make no sense', async (wish) => {
    const { ann, bob, chatId } = await conversation(service);
    const cleo = await registered(service, 'Cleo');
    const other = acceptance(await service.send(ann, { type: 'start_chat', other: cleo })).id ?? '';
    const { messageId } = message(chatId);
    acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    if (wish === unlike) acceptance(await service.send(bob, like(chatId, messageId)));
    expect(await service.send(cleo, wish(chatId, messageId))).toEqual(refusal('chat_not_found'));
    expect(await service.send(bob, wish(randomUUID(), messageId))).toEqual(refusal('chat_not_found'));
    expect(await service.send(bob, wish(chatId, randomUUID()))).toEqual(refusal('message_not_found'));
    expect(await service.send(cleo, wish(other, messageId))).toEqual(refusal('message_not_found'));
    expect(await service.send(ann, wish(chatId, messageId))).toEqual(refusal('own_message'));
    acceptance(await service.send(ann, { type: 'block_user', blocked: bob }));
    expect(await service.send(bob, wish(chatId, messageId))).toEqual(refusal('blocked'));
  });
});

describe('read_message', () => {
  it('moves the marker forward only, whether or not the chat is named', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const sent = [message(chatId, 'one'), message(chatId, 'two'), message(chatId, 'three')] as const;
    const positions = [];
    for (const each of sent) positions.push(acceptance(await service.send(ann, each)).position);
    const replies = [];
    for (const command of [
      read(sent[1].messageId),
      read(sent[1].messageId, chatId),
      read(sent[0].messageId),
      read(sent[2].messageId, chatId),
    ]) {
      replies.push(acceptance(await service.send(bob, command)));
    }
    const stored = await eventsOf(service, streamOf('reading', chatId, bob));
    const data = { chatId, reader: bob, author: ann, date };
    expect(stored.map(({ event }) => event.data)).toEqual([
      { ...data, messageId: sent[1].messageId, messagePosition: positions[1] },
      { ...data, messageId: sent[2].messageId, messagePosition: positions[2] },
    ]);
    const [second, third] = stored.map(({ position }) => String(position));
    expect(replies).toEqual([
      { outcome: 'accepted', changed: true, position: second },
      { outcome: 'accepted', changed: false, position: second },
      { outcome: 'accepted', changed: false, position: second },
      { outcome: 'accepted', changed: true, position: third },
    ]);
  });

  it('is refused for unknown messages, those of others or of another chat, and own ones', async () => {
    const { ann, bob, chatId } = await conversation(service);
    const cleo = await registered(service, 'Cleo');
    const { messageId } = message(chatId);
    acceptance(await service.send(ann, message(chatId, 'hello', messageId)));
    for (const chat of [null, chatId]) {
      expect(await service.send(bob, read(randomUUID(), chat))).toEqual(refusal('message_not_found'));
      expect(await service.send(cleo, read(messageId, chat))).toEqual(refusal('message_not_found'));
      expect(await service.send(ann, read(messageId, chat))).toEqual(refusal('own_message'));
    }
    expect(await service.send(bob, read(messageId, randomUUID()))).toEqual(refusal('message_not_found'));
  });
});
