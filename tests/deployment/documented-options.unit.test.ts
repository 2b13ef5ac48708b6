import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

const GUIDE = readFileSync('docs/operations/deploy.md', 'utf8');

/** Option and default, as the table below a heading has them. */
function tableOf(heading: string): Map<string, string> {
  const section = GUIDE.split(`\n### ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  return new Map(
    [...section.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name = '', text = '']) => [name, text]),
  );
}

describe.each(Object.entries(SERVICE_OPTIONS))('the options of %s', (service, { shape }) => {
  const documented = new Map([...tableOf('Every service'), ...tableOf(service)]);

  it('are in the guide, all of them, and no others', () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(shape).sort());
  });

  it.each(Object.entries(shape).filter(([name]) => name !== 'OPS_PORT'))(
    '%s has that default',
    (name, option) => {
      const absent = option.safeParse(undefined);
      const expected = !absent.success
        ? 'required'
        : absent.data === undefined
          ? 'none'
          : `\`${absent.data}\``;
      expect(documented.get(name)).toBe(expected);
    },
  );
});

it('README names each option of the standalone process, and no others', () => {
  const table = readFileSync('README.md', 'utf8').split('\n## Configuration\n')[1]?.split('\n## ')[0] ?? '';
  const firstCells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name));
  expect(named.sort()).toEqual(Object.keys(standaloneConfiguration.shape).sort());
});
