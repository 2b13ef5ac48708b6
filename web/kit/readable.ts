import { useMemo } from 'preact/hooks';
import type { Readable } from '../../client/index.ts';
import { toSignal } from '../../client/signals.ts';

/** What it holds now; the component is shown anew whenever that changes. */
export function useReadable<Value>(readable: Readable<Value>): Value {
  return useMemo(() => toSignal(readable), [readable]).value;
}
