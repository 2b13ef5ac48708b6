import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { LoadFailed, LoadingRows } from '../kit/empty-state.tsx';

/** What an element shows, loaded when there is such an element: a page that has a chat alone does not load the rest. */
export function Later({ load }: { readonly load: () => Promise<ComponentType> }) {
  const [Part, setPart] = useState<ComponentType | null>(null);
  const { run, error } = useAction(async () => {
    const part = await load();
    setPart(() => part);
  });
  useEffect(() => void run(), []);
  if (Part) return <Part />;
  return error === null ? <LoadingRows /> : <LoadFailed error={error} onRetry={run} />;
}
