import { useRef, useState } from 'preact/hooks';

export interface Action<Args extends readonly unknown[]> {
  /** Does nothing while it is under way. Never rejects: the state tells. */
  run(...args: Args): Promise<void>;
  readonly isRunning: boolean;
  /** Of the last run; null: it came about, or there was none. */
  readonly error: unknown;
}

/** Something that a control does, with what has to be shown of it. */
export function useAction<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<unknown>,
): Action<Args> {
  const [state, setState] = useState<Pick<Action<Args>, 'isRunning' | 'error'>>({
    isRunning: false,
    error: null,
  });
  const isUnderWay = useRef(false);
  return {
    ...state,
    async run(...args) {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      setState({ isRunning: true, error: null });
      const error = await act(...args).then(
        () => null,
        (reason: unknown) => reason,
      );
      isUnderWay.current = false;
      setState({ isRunning: false, error });
    },
  };
}
