import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './service.ts';

/** A part that cannot say in time how it is counts as not ready. */
const ANSWER_WITHIN_MS = 2000;

/** Why each part that is not ready is not, by its name; empty when all are. */
export const notReadyReasons = (services: readonly Service[]): Promise<Record<string, string>> =>
  reasonsOf(services, (service) => service.notReady());

/** What wants an operator although the part does its work, by its name. */
export const degradedReasons = (services: readonly Service[]): Promise<Record<string, string>> =>
  reasonsOf(services, async (service) => (await service.degraded?.()) ?? null);

type Ask = (service: Service) => Promise<string | null>;

async function reasonsOf(services: readonly Service[], ask: Ask): Promise<Record<string, string>> {
  const reasons: Record<string, string> = {};
  await Promise.all(
    services.map(async (service) => {
      const reason = await answered(ask(service));
      if (reason !== null) reasons[service.name] = reason;
    }),
  );
  return reasons;
}

async function answered(asked: Promise<string | null>): Promise<string | null> {
  const over = new AbortController();
  const late = delay(ANSWER_WITHIN_MS, 'gives no answer', { signal: over.signal });
  late.catch(() => {});
  try {
    return await Promise.race([asked, late]);
  } catch {
    return 'cannot tell how it is';
  } finally {
    over.abort();
  }
}
