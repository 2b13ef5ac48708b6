/** In UTF-16 units, as clients count. */
const CONTENT_LIMIT = 256;

export type ContentRefusal = 'content_empty' | 'content_too_long' | 'content_invalid';

/** Why this text cannot be a message; null when it can. */
export function contentRefusal(content: string): ContentRefusal | null {
  if (content.trim() === '') return 'content_empty';
  if (content.length > CONTENT_LIMIT) return 'content_too_long';
  if (content.includes('\u0000') || !content.isWellFormed()) return 'content_invalid';
  return null;
}
