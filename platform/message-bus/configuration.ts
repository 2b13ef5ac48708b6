import { z } from 'zod';
import { serverAddresses } from './nats/server-addresses.ts';

const MALFORMED = 'must be a nats:// or tls:// URL, or several, comma-separated';

/** Where processes meet. Within one process nothing is needed: see `in-process/`. */
export const messageBusConfiguration = z.object({
  /** `nats://user:password@host:4222`; several servers of a cluster, comma-separated. */
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\//, { error: MALFORMED, abort: true })
    .refine(isReadable, MALFORMED),
});

export type MessageBusConfiguration = Readonly<z.output<typeof messageBusConfiguration>>;

function isReadable(urls: string): boolean {
  try {
    serverAddresses(urls);
    return true;
  } catch {
    return false;
  }
}
