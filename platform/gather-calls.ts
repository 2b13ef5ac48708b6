import { setImmediate as nextTurn } from 'node:timers/promises';
import DataLoader from 'dataloader';
import pLimit from 'p-limit';

export interface GatheringLimits {
  /** Calls under way. */
  readonly callsAtOnce: number;
  /** Of one call. */
  readonly keysPerCall: number;
}

/**
 * What is asked for one by one is asked for together: a call takes all keys that come in one turn of the event loop, and all that come while
 * `callsAtOnce` earlier ones are under way. So who asks alone does not wait, and a crowd shares few calls, however large it is.
 *
 * Order: first come, first served, and the call that answers a key begins after it was asked for. What waits is bounded by whoever asks.
 *
 * `call` answers each of its keys, in their order; one that rejects rejects all of them.
 *
 * @example
 * const find = gatherCalls(findAll, { callsAtOnce: 2, keysPerCall: 500 });
 * const [ann, bob] = await Promise.all([find('ann'), find('bob')]); // one call
 */
export function gatherCalls<Key, Answer>(
  call: (keys: readonly Key[]) => Promise<readonly Answer[]>,
  { callsAtOnce, keysPerCall }: GatheringLimits,
): (key: Key) => Promise<Answer> {
  const inTurn = pLimit(callsAtOnce);
  let begun: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Key, Answer>(
    (keys) => {
      const answers = call(keys);
      begun = answers;
      return answers;
    },
    {
      cache: false,
      maxBatchSize: keysPerCall,
      batchScheduleFn: (begin) =>
        void inTurn(async () => {
          await nextTurn();
          begin();
          await begun.catch(() => {});
        }),
    },
  );
  return (key) => loader.load(key);
}
