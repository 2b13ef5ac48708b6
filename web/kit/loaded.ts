import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Page, PageOf, Read } from '../../client/index.ts';
import { useReadable } from './readable.ts';
import { useRally } from './surroundings.ts';

export interface Loaded<Value> {
  /** null: not yet, or not this time. What was there before stays while it is loaded again. */
  readonly value: Value | null;
  readonly error: unknown;
  reload(): void;
}

/**
 * What is asked for by HTTP and kept by no store: once, again at `reload`, and whenever the connection has come back. An answer
 * that has been overtaken is dropped. What is loaded never becomes something else: the component has a `key` that says of what it is.
 */
export function useLoaded<Value>(load: () => Promise<Read<Value>>): Loaded<Value> {
  const [state, setState] = useState<{ value: Value | null; error: unknown }>({ value: null, error: null });
  const [round, setRound] = useState(0);
  const { live } = useRally();
  const isCut = useReadable(live.connection).phase === 'waiting';
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (isCut) return;
    let isOvertaken = false;
    load().then(
      ({ body }) => isOvertaken || setState({ value: body, error: null }),
      (error: unknown) => isOvertaken || setState(({ value }) => ({ value, error })),
    );
    return () => {
      isOvertaken = true;
    };
  }, [round, isCut]);
  return { ...state, reload };
}

export interface LoadedList<Item> {
  readonly items: readonly Item[];
  readonly status: 'loading' | 'loaded' | 'failed';
  readonly hasMore: boolean;
  readonly error: unknown;
  /** The page that follows, or again what failed. */
  loadMore(): void;
  /** From the beginning. */
  reload(): void;
}

/** The same for lists that come page by page. While it is loaded again, what is shown stays, and as much of it as one page can hold comes back. */
export function useLoadedList<Item>(load: (page: PageOf) => Promise<Read<Page<Item>>>): LoadedList<Item> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<ListPart<Item>>(NOTHING_LOADED);
  const { live } = useRally();
  const isCut = useReadable(live.connection).phase === 'waiting';
  const { items, next, wanted, error } = state;
  useEffect(() => {
    if (wanted === null || isCut) return;
    let isOvertaken = false;
    const page =
      wanted === 'more' && next !== null
        ? { before: next }
        : { limit: Math.min(LONGEST_PAGE, Math.max(SHORTEST_PAGE, items.length)) };
    load(page).then(
      ({ body }) => {
        if (isOvertaken) return;
        const before = 'before' in page ? items : [];
        setState({ items: [...before, ...body.items], next: body.next, wanted: null, error: null });
      },
      (reason: unknown) => isOvertaken || setState({ ...state, wanted: null, error: reason }),
    );
    return () => {
      isOvertaken = true;
    };
  }, [round, wanted, isCut]);
  const reload = useCallback(() => {
    setState((before) => ({ ...before, wanted: 'all', error: null }));
    setRound((before) => before + 1);
  }, []);
  // Pushes that it follows may have been missed.
  useEffect(() => (isCut ? reload : undefined), [isCut]);
  return {
    items,
    status: error !== null ? 'failed' : wanted !== null ? 'loading' : 'loaded',
    hasMore: next !== null,
    error,
    reload,
    loadMore() {
      if (wanted === null) setState({ ...state, wanted: next === null ? 'all' : 'more', error: null });
    },
  };
}

const SHORTEST_PAGE = 20;
const LONGEST_PAGE = 100;

interface ListPart<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  /** What is on its way. */
  readonly wanted: 'all' | 'more' | null;
  readonly error: unknown;
}

const NOTHING_LOADED = { items: [], next: null, wanted: 'all', error: null } as const;
