import type { MessageResource } from '../../protocol/http-resources.ts';

/** What `messagesOf` selects. */
export type MessageRow = Omit<MessageResource, 'is_read'> & { readonly place: string };

export const toMessage = ({ place: _, ...message }: MessageRow): MessageResource => ({
  ...message,
  is_read: message.read_at !== null,
});
