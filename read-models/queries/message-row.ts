import type { MessageResource } from '../../protocol/http-resources.ts';

/** What `messageColumns` select by a left join: nulls where there is no message. */
export interface MessageRow {
  readonly id: string | null;
  readonly content: string | null;
  readonly date: string;
  readonly sender: string;
  readonly is_liked: boolean;
  readonly read_at: string | null;
}

export function toMessage({
  id,
  content,
  date,
  sender,
  is_liked,
  read_at,
}: MessageRow): MessageResource | null {
  if (id === null || content === null) return null;
  return { id, content, date, sender, is_read: read_at !== null, is_liked, read_at };
}
