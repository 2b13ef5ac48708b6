import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = 'docs/decisions';
const records = readdirSync(FOLDER).filter((file) => /^\d{4}-.*\.md$/.test(file));
const index = readFileSync(`${FOLDER}/README.md`, 'utf8');

describe('the decision records', () => {
  it.each(records)('%s begins with its number, its title and its status', (file) => {
    const [title, , status] = readFileSync(`${FOLDER}/${file}`, 'utf8').split('\n');
    expect(title).toMatch(new RegExp(`^# ${Number(file.slice(0, 4))}\\. \\S`));
    expect(status).toMatch(/^Status: (accepted|proposed|replaced)/);
  });

  it('have a number each', () => {
    expect(new Set(records.map((file) => file.slice(0, 4))).size).toBe(records.length);
  });

  it('stand in the index, all of them and by their titles', () => {
    const listed = [...index.matchAll(/^\| \[(\d+)\]\(([^)]+)\) \| (.+?) \|/gm)].map(
      ([, number = '', file = '', title = '']) => `${file}: ${number}. ${title}`,
    );
    const written = records.map((file) => {
      const [title = ''] = readFileSync(`${FOLDER}/${file}`, 'utf8').split('\n');
      return `${file}: ${title.slice(2)}`;
    });
    expect(listed).toEqual(written);
  });
});
