import type { Service } from '../platform/service/service.ts';

/** Processes that stand beside each other: they start and stop at once. When one does not start, none is left. */
export async function startTogether(name: string, starting: readonly Promise<Service>[]): Promise<Service> {
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  const stop = async () => void (await Promise.all(started.map((service) => service.stop())));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    name,
    notReady: async () => {
      const reasons = await Promise.all(started.map((service) => service.notReady()));
      const told = reasons.flatMap((reason, index) =>
        reason === null ? [] : `${started[index]?.name}: ${reason}`,
      );
      return told.length > 0 ? told.join('; ') : null;
    },
    stop,
  };
}
