import { type EventStore, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';

/** Stores that behave as a real one does on a bad day, which a port allows and a test cannot wait for. */
type Fault = (store: EventStore) => EventStore;

/** Stores what it is told to, but the answers get lost, `times` of them, once so many have come. */
export const losingReplies =
  (times: number, come = 0): Fault =>
  (store) => {
    let asked = 0;
    return {
      ...store,
      async append(...append) {
        const result = await store.append(...append);
        asked += 1;
        if (asked <= come || asked > come + times) return result;
        throw new EventStoreUnavailable('the reply was lost');
      },
    };
  };

/** Someone else is quicker, `times` times. */
export const tooLate =
  (times: number): Fault =>
  (store) => {
    let left = times;
    return {
      ...store,
      async append(stream, expectedRevision, events, condition) {
        if (left <= 0) return store.append(stream, expectedRevision, events, condition);
        left -= 1;
        return { outcome: 'conflict', actualRevision: 1000 };
      },
    };
  };

/** Stores so many appends and no more, as if the process had been killed then. */
export const goneAfter =
  (appends: number): Fault =>
  (store) => {
    let left = appends;
    return {
      ...store,
      async append(...append) {
        if (left <= 0) throw new EventStoreUnavailable('gone');
        left -= 1;
        return store.append(...append);
      },
    };
  };

/** Waits for `meanwhile` before its `nth` append, counted from 1: what others do between two steps. */
export const between =
  (nth: number, meanwhile: () => Promise<unknown>): Fault =>
  (store) => {
    let appends = 0;
    return {
      ...store,
      async append(...append) {
        appends += 1;
        if (appends === nth) await meanwhile();
        return store.append(...append);
      },
    };
  };

const away = () => Promise.reject(new EventStoreUnavailable('connection refused'));

export const notReadable: Fault = (store) => ({ ...store, readStream: away, readAt: away });

export const notWritable: Fault = (store) => ({ ...store, append: away });

/** Fails in a way that nobody expected, and with a word too much. */
export const broken: Fault = (store) => ({
  ...store,
  append: (stream) =>
    Promise.reject(Object.assign(new TypeError(`broken at ${stream}`), { detail: 'secret' })),
});

/** Reads wait until `open` is called. */
export function gated(): { gate: Fault; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate: Fault = (store) => ({
    ...store,
    readStream: (stream, options) => opened.then(() => store.readStream(stream, options)),
    readAt: (position, options) => opened.then(() => store.readAt(position, options)),
  });
  return { gate, open: () => open() };
}
