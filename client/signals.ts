/** For users of `@preact/signals-core`, or of what builds on it: `@preact/signals`, `@preact/signals-react`. */
import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { Readable } from './readable.ts';

/**
 * The value as a signal. It subscribes while something watches it: an effect, a component, or a computed signal that is watched
 * itself. Otherwise it stays as it was last known.
 */
export function toSignal<Value>(readable: Readable<Value>): ReadonlySignal<Value> {
  let end = () => {};
  const value = signal(readable.get(), {
    watched() {
      const follow = () => {
        value.value = readable.get();
      };
      end = readable.subscribe(follow);
      follow();
    },
    unwatched() {
      end();
    },
  });
  return value;
}
