/** Marks that turn the direction of writing would let an address look like another. */
const ADDRESS = /https?:\/\/[^\s<>"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
/** What ends a sentence, and no address. */
const AFTER_ADDRESS = /[.,;:!?'’”»*…]+$/u;

export interface TextPart {
  readonly text: string;
  /** Where it leads; none: it is no link. */
  readonly href?: string;
}

/** Takes a text apart into links and what stands between them. Joined again, the parts are the text. */
export function textParts(content: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: match, index } of content.matchAll(ADDRESS)) {
    const text = withoutEnd(match);
    const href = addressOf(text);
    if (href === null) continue;
    if (index > end) parts.push({ text: content.slice(end, index) });
    parts.push({ text, href });
    end = index + text.length;
  }
  if (end < content.length) parts.push({ text: content.slice(end) });
  return parts;
}

/** A bracket belongs to the address when it was opened in it. */
function withoutEnd(match: string): string {
  const text = match.replace(AFTER_ADDRESS, '');
  const last = text.at(-1);
  const opening = last === ')' ? '(' : last === ']' ? '[' : null;
  if (opening === null || text.split(opening).length >= text.split(last ?? '').length) return text;
  return withoutEnd(text.slice(0, -1));
}

function addressOf(text: string): string | null {
  return URL.canParse(text) ? new URL(text).href : null;
}

/** What somebody has written, with its links. */
export const LinkedText = ({ content }: { readonly content: string }) => (
  <>
    {textParts(content).map(({ text, href }, index) =>
      href === undefined ? (
        text
      ) : (
        <a key={index} href={href} target="_blank" rel="noopener nofollow ugc" dir="ltr">
          {text}
        </a>
      ),
    )}
  </>
);
