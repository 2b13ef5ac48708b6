import { setPriority } from 'node:os';
import { type AttackName, attacks } from './all.ts';
import type { Target } from './attack.ts';

/**
 * One attack as a process of its own, which shares no event loop with those whom it might harm: `main.js <name>
 * <target>`. Tells its parent `begun`, and at the end what it did. Ends when the parent says anything, or is gone.
 */
const [, , name, target] = process.argv as [string, string, AttackName, string];
const LOW_PRIORITY = 10;
/** Whatever happens to the parent. */
const LONGEST_MS = 120_000;

// What it takes from the processor is not what it does to bystanders: others come first, ten to one.
setPriority(LOW_PRIORITY);
const over = new AbortController();
for (const event of ['message', 'disconnect'] as const) process.once(event, () => over.abort());
setTimeout(() => over.abort(), LONGEST_MS).unref();

const counts = await attacks[name](JSON.parse(target) as Target, () => process.send?.('begun'), over.signal);
process.send?.(counts, () => process.exit());
