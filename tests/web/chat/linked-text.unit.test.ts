import { describe, expect, it } from 'vitest';
import { textParts } from '../../../web/chat/linked-text.tsx';

const links = (content: string) => textParts(content).filter(({ href }) => href !== undefined);

describe('links in what people write', () => {
  it.each([
    ['see https://example.com.', 'https://example.com', 'https://example.com/'],
    ['HTTP://EXAMPLE.COM/Path', 'HTTP://EXAMPLE.COM/Path', 'http://example.com/Path'],
    ['(https://example.com/a)', 'https://example.com/a', 'https://example.com/a'],
    ['https://example.com/a_(b)!', 'https://example.com/a_(b)', 'https://example.com/a_(b)'],
    ['https://example.com/?q=1&r=[2],', 'https://example.com/?q=1&r=[2]', 'https://example.com/?q=1&r=[2]'],
    ['<https://example.com>', 'https://example.com', 'https://example.com/'],
    ['https://example.com/\u202egnp.exe', 'https://example.com/', 'https://example.com/'],
  ])('%s leads to %s', (content, text, href) => {
    expect(links(content)).toEqual([{ text, href }]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://', 'https://[', 'example.com', 'ftp://a.b'])(
    '%s leads nowhere',
    (content) => {
      expect(textParts(content)).toEqual([{ text: content }]);
    },
  );

  it.each(['', 'a https://a.b, c https://d.e) f\nhttps://', 'https://a.bhttps://c.d', '🎉https://a.b🎉'])(
    'nothing of %j is lost',
    (content) => {
      expect(
        textParts(content)
          .map(({ text }) => text)
          .join(''),
      ).toBe(content);
    },
  );
});
