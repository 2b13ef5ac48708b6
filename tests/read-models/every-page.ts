import { expect } from 'vitest';
import type { Page, PageRequest } from '../../protocol/http-resources.ts';

/** Follows `next` to the end; by offset it has to be the same. */
export async function everyPage<Item>(
  ask: (page: PageRequest) => Promise<Page<Item>>,
  limit: number,
): Promise<Item[]> {
  const byCursor: Item[] = [];
  const byOffset: Item[] = [];
  let page = await ask({ limit, offset: 0 });
  byCursor.push(...page.items);
  byOffset.push(...page.items);
  while (page.next !== null) {
    byOffset.push(...(await ask({ limit, offset: byCursor.length })).items);
    page = await ask({ limit, offset: 0, before: page.next });
    byCursor.push(...page.items);
  }
  expect(byOffset).toEqual(byCursor);
  expect(byCursor).toHaveLength(page.count);
  expect(await ask({ limit, offset: page.count })).toEqual({ items: [], count: page.count, next: null });
  return byCursor;
}
