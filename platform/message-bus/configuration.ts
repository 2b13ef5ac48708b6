import { z } from 'zod';

/** Where processes meet. Within one process nothing is needed: see `in-process/`. */
export const messageBusConfiguration = z.object({
  /** `nats://user:password@host:4222`; several servers of a cluster, comma-separated. */
  NATS_URL: z.string().regex(/^(nats|tls):\/\//, 'must be a nats:// or tls:// URL'),
});

export type MessageBusConfiguration = Readonly<z.output<typeof messageBusConfiguration>>;
