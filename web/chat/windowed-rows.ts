import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { useKeptFocus } from '../kit/kept-focus.ts';
import type { MessageRow } from './message-rows.ts';

/** Rows of a chat, of which only those near to what is seen are in the document. */
export interface WindowedRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly VirtualItem[];
  /** Of all rows, in pixels. */
  readonly height: number;
  /** What comes at the end is followed, until somebody scrolls up. */
  readonly isAtEnd: boolean;
  /** The `ref` of each row. */
  readonly measure: (row: HTMLElement | null) => void;
  onScroll(): void;
  scrollToEnd(): void;
  scrollToRow(index: number, align: 'start' | 'center'): void;
  /** How much is above what is seen, in pixels. */
  top(): number;
  /** Of the last row that can be seen; -1: there is none. */
  lastVisible(): number;
}

/** What stands above the first row. */
export const HEAD_PX = 88;
const FOOT_PX = 12;
/** So near to the end is at the end. */
const NEAR_END_PX = 48;
/** Of a row at the lower edge, for it to be seen. */
const SEEN_PX = 32;
/** Above a row that is scrolled to: what separates it from the one before. */
const ABOVE_PX = 64;
const OVERSCAN = 8;

export function useWindowedRows(rows: readonly MessageRow[]): WindowedRows {
  const scroller = useKeptFocus<HTMLDivElement>();
  const [, show] = useReducer((count: number) => count + 1, 0);
  const [isAtEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const getItemKey = useMemo(() => (index: number) => rows[index]?.id ?? index, [rows]);
  const follow = (isFollowed: boolean) => {
    follows.current = isFollowed;
    setAtEnd(isFollowed);
  };
  const options = {
    count: rows.length,
    getItemKey,
    getScrollElement: () => scroller.current,
    estimateSize: (index: number): number => estimatedHeight(rows[index], rowsInView.scrollRect?.width ?? 0),
    scrollToFn: elementScroll,
    observeElementOffset,
    observeElementRect(instance: RowVirtualizer, changed: Parameters<typeof observeElementRect>[1]) {
      return observeElementRect(instance, (rect) => {
        changed(rect);
        if (follows.current) instance.scrollToEnd();
      });
    },
    onChange: () => show(undefined),
    anchorTo: 'end' as const,
    scrollEndThreshold: NEAR_END_PX,
    overscan: OVERSCAN,
    paddingStart: HEAD_PX,
    paddingEnd: FOOT_PX,
    scrollPaddingStart: ABOVE_PX,
  };
  const rowsInView = useMemo<RowVirtualizer>(() => new Virtualizer(options), []);
  rowsInView.setOptions(options);
  useLayoutEffect(() => rowsInView._didMount(), [rowsInView]);
  useLayoutEffect(() => rowsInView._willUpdate());
  useLayoutEffect(() => {
    if (follows.current) rowsInView.scrollToEnd();
  }, [rows]);
  return {
    scroller,
    items: rowsInView.getVirtualItems(),
    height: rowsInView.getTotalSize(),
    isAtEnd,
    measure: rowsInView.measureElement,
    onScroll() {
      if (!scroller.current) return;
      const { scrollTop, scrollHeight, clientHeight } = scroller.current;
      // What grows beneath is no reason to stay behind: somebody has to scroll up.
      if (scrollHeight - clientHeight - scrollTop <= NEAR_END_PX) follow(true);
      else if (scrollTop < lastTop.current) follow(false);
      lastTop.current = scrollTop;
    },
    scrollToEnd() {
      follow(true);
      rowsInView.scrollToEnd();
    },
    scrollToRow(index, align) {
      const [offset = 0] = rowsInView.getOffsetForIndex(index, align) ?? [];
      // All that follows is on the screen with it.
      const isAtTheEnd =
        rowsInView.getTotalSize() - (scroller.current?.clientHeight ?? 0) - offset <= NEAR_END_PX;
      follow(isAtTheEnd);
      if (isAtTheEnd) rowsInView.scrollToEnd();
      else rowsInView.scrollToIndex(index, { align });
    },
    top: () => scroller.current?.scrollTop ?? 0,
    lastVisible() {
      // From the element itself: what has just been scrolled to is not told yet.
      const { scrollTop = 0, clientHeight = 0 } = scroller.current ?? {};
      if (clientHeight === 0) return -1;
      const bottom = scrollTop + clientHeight;
      const last = rowsInView.getVirtualItemForOffset(bottom);
      if (!last) return -1;
      return last.start + Math.min(last.size, SEEN_PX) <= bottom ? last.index : last.index - 1;
    },
  };
}

type RowVirtualizer = Virtualizer<HTMLDivElement, HTMLElement>;

const LINE_PX = 23;
const CHARACTER_PX = 8;
/** Of the time beside the last words. */
const TIME_CHARACTERS = 10;

/** Until it is measured; the nearer, the less the scroll bar moves. `width`: of all of it, as the style sheet shares it out. */
function estimatedHeight(row: MessageRow | undefined, width: number): number {
  if (!row) return LINE_PX;
  const characters = Math.max(12, Math.floor((Math.min(544, (width - 32) * 0.82) - 26) / CHARACTER_PX));
  const lines = `${row.content}${' '.repeat(TIME_CHARACTERS)}`
    .split('\n')
    .reduce((count, line) => count + Math.max(1, Math.ceil(line.length / characters)), 0);
  return lines * LINE_PX + (row.endsGroup ? 26 : 16) + (row.nextDay ? 36 : 0) + (row.isLastRead ? 36 : 0);
}
