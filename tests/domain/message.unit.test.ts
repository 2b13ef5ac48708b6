import { describe, expect, it } from 'vitest';
import { messageDecider } from '../../domain/message/decide.ts';

describe('message', () => {
  it('is refused in a chat that does not exist', () => {
    const decision = messageDecider.decide(
      {
        type: 'SendMessage',
        messageId: 'm',
        chatId: 'c',
        sender: 'ann',
        content: 'hi',
        timestamp: 't',
        date: 'd',
      },
      null,
      { chat: null, blockers: [] },
    );
    expect(decision).toEqual({ outcome: 'refused', code: 'chat_not_found' });
  });
});
