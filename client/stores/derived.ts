import type { Readable } from '../readable.ts';

/**
 * What follows from others. It is computed when one of them has changed, and subscribed to them only while somebody subscribes
 * to it. `sources` may say others than before after a change of one of them.
 */
export function derived<Value>(
  sources: () => readonly Readable<unknown>[],
  compute: () => Value,
): Readable<Value> {
  let inputs: readonly unknown[] | null = null;
  let value: Value;
  const get = (): Value => {
    const now = sources().map((source) => source.get());
    if (inputs?.length !== now.length || now.some((input, index) => !Object.is(input, inputs?.[index]))) {
      inputs = now;
      value = compute();
    }
    return value;
  };
  return {
    get,
    subscribe(listener) {
      const ends = new Map<Readable<unknown>, () => void>();
      let isOver = false;
      let told = get();
      const follow = () => {
        for (const source of sources()) {
          if (ends.has(source)) continue;
          // It may change as it is subscribed to.
          ends.set(source, () => {});
          ends.set(source, source.subscribe(changed));
        }
      };
      const changed = () => {
        if (isOver) return;
        follow();
        const now = get();
        if (Object.is(now, told)) return;
        told = now;
        listener();
      };
      follow();
      return () => {
        isOver = true;
        for (const end of ends.values()) end();
        ends.clear();
      };
    },
  };
}
