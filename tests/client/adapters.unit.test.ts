import { computed, effect } from '@preact/signals-core';
import { act, createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { create } from 'react-test-renderer';
import { describe, expect, it, vi } from 'vitest';
import { createRally } from '../../client/create-rally.ts';
import { RallyProvider, useRally, useReadable } from '../../client/react.ts';
import { Cell, type Readable } from '../../client/readable.ts';
import { toSignal } from '../../client/signals.ts';
import { FakeBrowser } from './fake-environment.ts';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

/** Counts who is subscribed. */
class Watched<Value> implements Readable<Value> {
  readonly cell: Cell<Value>;
  subscribers = 0;

  constructor(value: Value) {
    this.cell = new Cell(value);
  }

  get(): Value {
    return this.cell.get();
  }

  subscribe(listener: () => void): () => void {
    const end = this.cell.subscribe(listener);
    this.subscribers += 1;
    return () => {
      end();
      this.subscribers -= 1;
    };
  }
}

describe('a signal', () => {
  it('is subscribed while it is watched, and then says what is so', () => {
    const readable = new Watched(1);
    const signal = toSignal(readable);
    readable.cell.set(2);
    expect(readable.subscribers).toBe(0);
    const seen: number[] = [];
    const doubled = computed(() => 2 * signal.value);
    const [first, second] = [effect(() => void seen.push(doubled.value)), effect(() => void signal.value)];
    expect(readable.subscribers).toBe(1);
    readable.cell.set(3);
    first();
    readable.cell.set(4);
    expect([seen.at(-1), signal.value, readable.subscribers]).toEqual([6, 4, 1]);
    second();
    expect(readable.subscribers).toBe(0);
  });
});

describe('in React', () => {
  const Shown = ({ readable }: { readable: Readable<number> }) => String(useReadable(readable));

  it('a component shows the value, and is subscribed while it is mounted', async () => {
    const [one, other] = [new Watched(1), new Watched(5)];
    const tree = await act(async () => create(createElement(Shown, { readable: one })));
    await act(async () => one.cell.set(2));
    expect([tree.toJSON(), one.subscribers]).toEqual(['2', 1]);
    await act(async () => tree.update(createElement(Shown, { readable: other })));
    expect([tree.toJSON(), one.subscribers, other.subscribers]).toEqual(['5', 0, 1]);
    await act(async () => tree.unmount());
    expect(other.subscribers).toBe(0);
  });

  it('Rally runs while its provider is mounted, in strict mode too, and leaves nothing behind', async () => {
    const tab = new FakeBrowser().newTab();
    const rally = createRally({ url: 'https://rally.test', environment: tab.environment });
    const Phase = () => useReadable(useRally().live.connection).phase;
    const page = createElement(
      StrictMode,
      null,
      createElement(RallyProvider, { rally }, createElement(Phase)),
    );
    expect(renderToString(page)).toBe('idle');
    expect(tab.leftovers()).toEqual({ timers: 0, listeners: 0, sockets: 0, locks: 0 });
    const tree = await act(async () => create(page));
    expect(tree.toJSON()).toBe('connecting');
    expect(tab.leftovers()).toMatchObject({ sockets: 1 });
    await act(async () => tree.unmount());
    expect(tab.leftovers()).toEqual({ timers: 0, listeners: 0, sockets: 0, locks: 0 });
  });

  it('a component without a provider is told what is missing', () => {
    const Lost = () => String(useRally());
    expect(() => renderToString(createElement(Lost))).toThrow('RallyProvider');
  });
});
