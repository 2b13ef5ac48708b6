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

/** The same for lists that come page by page. */
export function useLoadedList<Item>(load: (page: PageOf) => Promise<Read<Page<Item>>>): LoadedList<Item> {
  const [round, setRound] = useState(0);
  const [pages, setPages] = useState<readonly Page<Item>[]>([]);
  const [wanted, setWanted] = useState(1);
  const [error, setError] = useState<unknown>(null);
  const reload = useCallback(() => {
    setPages([]);
    setWanted(1);
    setError(null);
    setRound((before) => before + 1);
  }, []);
  const last = pages.at(-1);
  const before = last?.next ?? null;
  const isWanted = pages.length < wanted && (last === undefined || before !== null);
  useEffect(() => {
    if (!isWanted || error !== null) return;
    let isOvertaken = false;
    load(before === null ? {} : { before }).then(
      ({ body }) => isOvertaken || setPages((loaded) => [...loaded, body]),
      (reason: unknown) => isOvertaken || setError(reason),
    );
    return () => {
      isOvertaken = true;
    };
  }, [round, pages.length, isWanted, error]);
  return {
    items: pages.flatMap(({ items }) => items),
    status: error !== null ? 'failed' : isWanted ? 'loading' : 'loaded',
    hasMore: before !== null,
    error,
    reload,
    loadMore() {
      if (error !== null) setError(null);
      else if (!isWanted) setWanted(pages.length + 1);
    },
  };
}
