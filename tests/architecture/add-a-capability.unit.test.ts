import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODE } from './imports.ts';

const PAGE = readFileSync('docs/add-a-capability.md', 'utf8');

/** They use what a Rally offers, as anybody outside does. */
const OUTSIDE = ['bench', 'client', 'demo'];

/** What makes up a running Rally. */
const SOURCE = CODE.filter((folder) => !OUTSIDE.includes(folder) && existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  .map((file) => ({ file, code: withoutComments(readFileSync(file, 'utf8')) }));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The files that the page lists under this heading. */
function listed(heading: string): string[] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = '']) => file).sort();
}

/** The files whose code has one of these words. */
const naming = (words: readonly string[]): string[] => {
  const any = new RegExp(`\\b(${words.join('|')})\\b`);
  return SOURCE.filter(({ code }) => any.test(code))
    .map(({ file }) => file)
    .sort();
};

describe('the page on how to add a capability', () => {
  it.each([
    [
      'A frame on an aggregate that is there',
      8,
      ['like_message', 'unlike_message', 'LikeMessage', 'UnlikeMessage', 'MessageLiked', 'MessageUnliked'],
    ],
    [
      'A frame with an aggregate of its own',
      9,
      ['read_message', 'ReadMessage', 'MessagesRead', 'ReadingEvent', 'readingDecider'],
    ],
  ] as const)('%s: lists each file that the example is named in, at most %i', (heading, most, words) => {
    expect(listed(heading)).toEqual(naming(words));
    expect(listed(heading).length).toBeLessThanOrEqual(most);
  });

  it('A read model: is one folder, and at most three lines in the lists of all of them', () => {
    const [, folder = '', name = ''] = /The example is `(read-models\/([^`]+)\/)`/.exec(PAGE) ?? [];
    expect(existsSync(folder)).toBe(true);
    const isOneOfAll = (file: string) => !/^read-models\/[^/]+\//.test(file);
    const itself = new RegExp(`/${name}/(room|tables)\\.ts`);
    const named = new RegExp(`${itself.source}|\\b${name}\\b(?!/)`);
    const lines = SOURCE.filter(({ file, code }) => isOneOfAll(file) && itself.test(code)).flatMap(
      ({ file, code }) =>
        code
          .split('\n')
          .filter((line) => named.test(line))
          .map((line) => ({ file, line })),
    );
    expect([...new Set(lines.map(({ file }) => file))].sort()).toEqual(listed('A read model'));
    expect(lines.length).toBeLessThanOrEqual(3);
  });
});
