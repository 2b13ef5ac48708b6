import { expect, vi } from 'vitest';
import { signUp } from './api-client.ts';
import type { Deployment } from './deployment.ts';

/**
 * Resolves once the read models have passed what was in the log before: a new database on an old log has all of that to
 * read first, and until then a command over HTTP is stored but not visible yet.
 */
export async function untilCaughtUp({ addresses: [address] }: Deployment, timeoutMs: number): Promise<void> {
  const [ann, bob] = [await signUp(address, 'Ann'), await signUp(address, 'Bob')];
  await vi.waitFor(
    async () => {
      const { status, body } = await ann.put(`/chats/${bob.username}`);
      expect(status, JSON.stringify(body)).toBeLessThan(300);
    },
    { timeout: timeoutMs, interval: 100 },
  );
}
