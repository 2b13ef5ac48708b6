import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useSyncExternalStore,
} from 'react';
import type { Rally } from './rally.ts';
import type { Readable } from './readable.ts';

/** The value as it is now; the component renders again when it changes. A store loads when the first component asks for it. */
export function useReadable<Value>(readable: Readable<Value>): Value {
  const subscribe = useCallback((listener: () => void) => readable.subscribe(listener), [readable]);
  const get = useCallback(() => readable.get(), [readable]);
  return useSyncExternalStore(subscribe, get, get);
}

const RallyContext = createContext<Rally | null>(null);

/** Connects while it is mounted, and hands Rally down. Rendered on a server, it has no effect. */
export function RallyProvider({ rally, children }: { readonly rally: Rally; readonly children?: ReactNode }) {
  useEffect(() => {
    rally.start();
    return () => rally.stop();
  }, [rally]);
  return createElement(RallyContext, { value: rally }, children);
}

/** Of the nearest `RallyProvider`. */
export function useRally(): Rally {
  const rally = useContext(RallyContext);
  if (!rally) throw new Error('useRally needs a RallyProvider around it.');
  return rally;
}
