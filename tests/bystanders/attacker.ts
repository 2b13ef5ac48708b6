import { fork } from 'node:child_process';
import { once } from 'node:events';
import { builtEntry } from '../support/built-entry.ts';
import type { AttackName } from './attacks/all.ts';
import type { Counts, Target } from './attacks/attack.ts';

export interface Attacker {
  /** Ends it; what it did. */
  stop(): Promise<Counts>;
}

/** Resolves when the attack has begun. It is a process of its own, with a low priority. */
export async function attack(name: AttackName, target: Target): Promise<Attacker> {
  const entry = await builtEntry(new URL('attacks/main.ts', import.meta.url));
  const child = fork(entry, [name, JSON.stringify(target)]);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name}: the attacker has ended`)));
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  return {
    async stop() {
      const told = once(child, 'message');
      child.send('enough');
      const [counts] = await Promise.race([told, ended]);
      return counts;
    },
  };
}
