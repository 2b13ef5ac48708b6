import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './service.ts';

/** A part that cannot say in time how it is counts as not ready. */
const ANSWER_WITHIN_MS = 2000;

/** Why each part that is not ready is not, by its name; empty when all are. */
export async function notReadyReasons(services: readonly Service[]): Promise<Record<string, string>> {
  const reasons: Record<string, string> = {};
  await Promise.all(
    services.map(async (service) => {
      const reason = await reasonOf(service);
      if (reason !== null) reasons[service.name] = reason;
    }),
  );
  return reasons;
}

async function reasonOf(service: Service): Promise<string | null> {
  const answered = new AbortController();
  const late = delay(ANSWER_WITHIN_MS, 'gives no answer', { signal: answered.signal });
  late.catch(() => {});
  try {
    return await Promise.race([service.notReady(), late]);
  } catch {
    return 'cannot tell how it is';
  } finally {
    answered.abort();
  }
}
