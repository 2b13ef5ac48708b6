import type { Attack } from './attack.ts';
import { open } from './connections.ts';
import { every } from './rhythm.ts';

const EACH_TICK = 30;
const TICK_MS = 10;
/** At each gateway. */
const LIMIT = 1500;

/** Opens connections and says nothing on them; those that are closed are opened again. */
export const idleConnections: Attack = async (target, begun, signal) => {
  const counts = { opened: 0, open: 0 };
  const limit = LIMIT * target.addresses.length;
  const again = () => {
    if (signal.aborted || counts.open >= limit) return;
    counts.opened += 1;
    counts.open += 1;
    open(target, counts.opened).on('close', () => {
      counts.open -= 1;
    });
  };
  let ticks = 0;
  await every(TICK_MS, signal, () => {
    for (let count = 0; count < EACH_TICK; count += 1) again();
    ticks += 1;
    if (ticks === limit / EACH_TICK) begun();
  });
  return counts;
};
