import type { PageOf, Read } from '../api.ts';
import type { Page } from '../wire.ts';
import { derived } from './derived.ts';
import type { Kept } from './kept.ts';
import type { ListState, ListStore } from './stores.ts';

/** The loaded part of a list. */
export interface Listed<Entry> {
  readonly entries: readonly Entry[];
  /** Of the page that follows. null: all is loaded. */
  readonly next: string | null;
  /** Of the whole list, as long as there is more of it. */
  readonly count: number;
}

const PAGE = 30;
const LONGEST_PAGE = 100;

/** How a list is loaded: at first a page, later as much as is shown, if one page can be as long. */
export interface ListPages<Entry> {
  readonly first: (shown: Listed<Entry> | null) => Promise<Read<Listed<Entry>>>;
  readonly loadMore: <Value extends Listed<Entry>>(kept: Kept<Value>) => Promise<void>;
}

/** `entry`: of an item on a page that holds everything up to the place. */
export function listPages<Item, Entry>(
  ask: (page: PageOf) => Promise<Read<Page<Item>>>,
  entry: (item: Item, position: string) => Entry,
  idOf: (entry: Entry) => string,
): ListPages<Entry> {
  const listed = async (page: PageOf): Promise<Read<Listed<Entry>>> => {
    const { body, position } = await ask(page);
    const entries = body.items.map((item) => entry(item, position));
    return { body: { entries, next: body.next, count: body.count }, position };
  };
  return {
    first: (shown) => listed({ limit: Math.min(LONGEST_PAGE, Math.max(PAGE, shown?.entries.length ?? 0)) }),
    loadMore: (kept) =>
      kept.loadMore(
        ({ next }) => (next === null ? null : listed({ limit: PAGE, before: next })),
        (value, page) => {
          const known = new Set(value.entries.map(idOf));
          const entries = [...value.entries, ...page.entries.filter((each) => !known.has(idOf(each)))];
          return { ...value, entries, next: page.next };
        },
      ),
  };
}

export function listStore<Entry, Item>(
  kept: Kept<Listed<Entry>>,
  pages: ListPages<Entry>,
  itemOf: (entry: Entry) => Item,
): ListStore<Item> {
  const state = derived(
    () => [kept],
    (): ListState<Item> => {
      const { value, status, error } = kept.get();
      const items = value?.entries.map(itemOf) ?? [];
      const hasMore = value !== null && value.next !== null;
      return { items, count: hasMore ? value.count : items.length, status, hasMore, error };
    },
  );
  return { ...state, loadMore: () => pages.loadMore(kept) };
}
