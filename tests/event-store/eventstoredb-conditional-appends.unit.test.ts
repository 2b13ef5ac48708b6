import { expect, test, vi } from 'vitest';
import { type AppendResult, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { ConditionalAppends } from '../../platform/event-store/eventstoredb/conditional-appends.ts';
import type { ClientEvent } from '../../platform/event-store/eventstoredb/recorded-event.ts';

interface StartedRead {
  readonly stream: string;
  at(revision: bigint): void;
  fail(): void;
}

const APPENDED: AppendResult = { outcome: 'appended', position: 1n };

function conditional(maxWaiting = 100) {
  const reads: StartedRead[] = [];
  const left: string[] = [];
  const appends = new ConditionalAppends({
    log: { subscribe: () => expect.unreachable(), lastPlace: () => new Promise(() => {}) },
    reads: {
      read: (stream) =>
        new Promise<ClientEvent[]>((resolve, reject) => {
          reads.push({
            stream,
            at: (revision) =>
              resolve([
                { id: '', streamId: stream, revision, type: '', isJson: true, data: {}, metadata: {} },
              ]),
            fail: () => reject(new EventStoreUnavailable('away')),
          });
        }),
    },
    maxWaiting,
    timeoutMs: 1000,
  });
  const append = (name: string, stream: string, revision = 0) =>
    appends.append({ stream, revision }, async () => {
      left.push(name);
      return APPENDED;
    });
  const read = (index: number) => reads[index] ?? expect.unreachable();
  return { appends, append, read, left };
}

const turn = () => new Promise(setImmediate);

test('what rests on the same stream leaves in the order of coming; another stream holds nobody up', async () => {
  const { append, read, left } = conditional();
  const appends = [append('1', 'a'), append('2', 'a'), append('3', 'a'), append('other', 'b')];
  for (const last of [3, 2, 1]) read(last).at(0n);
  await turn();
  expect(left).toEqual(['other']);
  read(0).at(0n);
  expect(await Promise.all(appends)).toEqual([APPENDED, APPENDED, APPENDED, APPENDED]);
  expect(left).toEqual(['other', '1', '2', '3']);
});

test('one that is outdated, or fails, lets the next go, but nobody overtake', async () => {
  const { append, read, left } = conditional();
  const appends = [append('1', 'a'), append('2', 'a'), append('3', 'a', 4), append('4', 'a')];
  const settled = Promise.allSettled(appends);
  read(3).at(0n);
  read(2).at(5n);
  read(1).fail();
  await turn();
  expect(left).toEqual([]);
  read(0).at(0n);
  const outcomes = (await settled).map((one) =>
    one.status === 'fulfilled' ? one.value.outcome : 'rejected',
  );
  expect(outcomes).toEqual(['appended', 'rejected', 'outdated', 'appended']);
  expect(left).toEqual(['1', '4']);
});

test('beyond the bound appends are rejected at once; those that have left do not count', async () => {
  const { append, read } = conditional(2);
  const waiting = [append('1', 'a'), append('2', 'b')];
  await expect(append('3', 'c')).rejects.toBeInstanceOf(EventStoreUnavailable);
  for (const index of [0, 1]) read(index).at(0n);
  await Promise.all(waiting);
  const next = append('4', 'd');
  read(2).at(0n);
  expect(await next).toEqual(APPENDED);
});

test('it is settled once all that waited have left', async () => {
  const { appends, append, read, left } = conditional();
  const waiting = [append('1', 'a'), append('2', 'a'), append('3', 'b')];
  const settled = vi.fn(() => expect(left).toEqual(['3', '1', '2']));
  const settling = appends.settled().then(settled);
  for (const index of [2, 1]) read(index).at(0n);
  await turn();
  expect(settled).not.toHaveBeenCalled();
  read(0).at(0n);
  await settling;
  expect(settled).toHaveBeenCalledOnce();
  await Promise.all(waiting);
});
