import type { MessageEvent } from './events.ts';

/** null: nothing was sent under this id. */
export type Message = {
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: string;
  readonly recipient: string;
  readonly content: string;
  readonly isLiked: boolean;
} | null;

export const initialMessage: Message = null;

/** What was sent never changes, so a stream's first event alone tells it; only the like comes and goes. Ignores what it does not know. */
export function evolveMessage(message: Message, event: MessageEvent): Message {
  switch (event.type) {
    case 'MessageSent': {
      const { messageId, chatId, sender, recipient, content } = event.data;
      return message ?? { messageId, chatId, sender, recipient, content, isLiked: false };
    }
    case 'MessageLiked':
      return message && { ...message, isLiked: true };
    case 'MessageUnliked':
      return message && { ...message, isLiked: false };
    default:
      event satisfies never;
      return message;
  }
}
