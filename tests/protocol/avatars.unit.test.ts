import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileBody } from '../../protocol/http-requests.ts';

const accepts = (avatar: unknown): boolean => profileBody.safeParse({ avatar }).success;

/** Where the pages are that show it. */
const PAGES = ['https://rally.example/chats/bob', 'http://localhost:8080/'];

describe('the URL of a picture', () => {
  it.each([
    '',
    'https://pictures.example/ann.png',
    'HTTPS://pictures.example',
    'https://pictures.example:8443/a/b.png?size=64&v=(1)#face',
    'https://pictures.example/@ann/me%20too.png',
    'https://xn--bcher-kva.example/ann.png',
    'https://[2001:db8::1]/ann.png',
    'https://203.0.113.7/',
    '/',
    '/pictures/ann.png',
    '/pictures//ann.png?v=1',
    '/@ann',
    '/https://other.example',
    `/${'x'.repeat(511)}`,
  ])('may be %j', (avatar) => {
    expect(accepts(avatar)).toBe(true);
  });

  it.each([
    ['another scheme', 'http://pictures.example/ann.png'],
    ['a script', 'javascript:alert(1)'],
    ['a script, after a blank', ' javascript:alert(1)'],
    ['a script, hidden by a tab', 'java\tscript:alert(1)'],
    ['the picture itself', 'data:image/svg+xml,<svg/>'],
    ['something of this browser', 'blob:https://rally.example/1'],
    ['a relative path', 'ann.png'],
    ['a query alone', '?ann'],
    ['a fragment alone', '#ann'],
    ['a path up', '../ann.png'],
    ['another host, by its own scheme', '//other.example/ann.png'],
    ['another host, by a backslash', '/\\other.example'],
    ['another host, by two of them', '\\\\other.example'],
    ['another host, hidden by a tab', '/\t/other.example'],
    ['another host, hidden by a line feed', '/\n/other.example'],
    ['a scheme and a path', 'https:/ann.png'],
    ['a scheme and a relative path', 'https:ann.png'],
    ['three slashes', 'https:///pictures.example/ann.png'],
    ['a backslash before the host', 'https:\\\\pictures.example'],
    ['a backslash in the host', 'https://pictures.example\\@other.example'],
    ['no host', 'https://'],
    ['no host, but a query', 'https://?ann'],
    ['no host, but a port', 'https://:443/'],
    ['a name before the host', 'https://ann@pictures.example/'],
    ['a name and a password', 'https://rally.example:secret@other.example/'],
    ['an empty name', 'https://@pictures.example/'],
    ['a port that is none', 'https://pictures.example:99999/'],
    ['a bracket without its other', 'https://[2001:db8::1/ann.png'],
    ['an escaped NUL in the host', 'https://pictures%00.example/'],
    ['letters that look like others, in the host', 'https://rаlly.example/'],
    ['letters that are not escaped, in the path', '/büro.png'],
    ['a blank before', ' https://pictures.example/'],
    ['a blank within', 'https://pictures.example/a b.png'],
    ['a line feed after', 'https://pictures.example/\n'],
    ['a line separator', '/ann\u2028.png'],
    ['text that turns direction', '/ann\u202egnp.exe'],
    ['a NUL', '/ann\u0000.png'],
    ['half a character', '/ann\ud800.png'],
    ['the end of an attribute', '/"onerror="alert(1)'],
    ['the end of an attribute in apostrophes', "/'onerror='alert(1)'"],
    ['a tag', '/<script>'],
    ['more than 512 characters', `/${'x'.repeat(512)}`],
    ['null', null],
    ['a number', 7],
    ['a list', ['/ann.png']],
  ])('may not be %s: %j', (_, avatar) => {
    expect(accepts(avatar)).toBe(false);
  });

  it('means the same on every page: a host by https, or a path on this origin', () => {
    const parts = fc.constantFrom(
      ...[
        'https:',
        'http:',
        'javascript:',
        '/',
        '//',
        '\\',
        '..',
        '@',
        ':',
        '?',
        '#',
        '%2f',
        '%',
        '[',
        ']',
        '.',
      ],
      ...['a', 'ß', '\t', '\n', ' ', '\u0000', '.example', 'pictures.example', '8443', "'", '"', '&'],
    );
    const anyUrl = fc.array(parts, { maxLength: 8 }).map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(fc.oneof(anyUrl, fc.webUrl({ validSchemes: ['https'] }), fc.webPath()), (avatar) => {
        if (!accepts(avatar) || avatar === '') return;
        for (const page of PAGES) {
          const { origin, protocol, username, password } = new URL(avatar, page);
          expect([username, password]).toEqual(['', '']);
          if (avatar.startsWith('/')) expect(origin).toBe(new URL(page).origin);
          else expect([protocol, new URL(avatar).href]).toEqual(['https:', new URL(avatar, page).href]);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a nickname', () => {
  const acceptsNickname = (nickname: unknown) => profileBody.safeParse({ nickname }).success;
  it.each(['A', 'ann', 'Ann.+-@_9', 'x'.repeat(50)])('may be %j', (nickname) => {
    expect(acceptsNickname(nickname)).toBe(true);
  });
  it.each(['', '.', '..', 'x'.repeat(51), 'Ann Bob', 'Änn', ' Ann', 'Ann\n', 'a/b', null, 7])(
    'may not be %j',
    (nickname) => {
      expect(acceptsNickname(nickname)).toBe(false);
    },
  );
});
