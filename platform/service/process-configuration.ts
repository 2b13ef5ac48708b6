import { z } from 'zod';
import { milliseconds, port } from '../configuration/option.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface ProcessDefaults {
  readonly opsPort: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Of `DRAIN_TIMEOUT_MS`, in milliseconds. Default 4,000. */
  readonly drainTimeoutMs?: number;
}

/** What every process of Rally reads from the environment. */
export const processConfiguration = (defaults: ProcessDefaults) =>
  z.object({
    LOG_LEVEL: z.enum(LOG_LEVELS).default(defaults.logLevel),
    /** Health and metrics are for operators: loopback, unless a probe comes from elsewhere. */
    OPS_HOST: z.string().default('127.0.0.1'),
    /** 0 takes any free port. */
    OPS_PORT: port().default(defaults.opsPort),
    /** Asked to end, the process says for so long that it is not ready, and works on: time for a balancer to notice. */
    DRAIN_DELAY_MS: milliseconds(0).default(0),
    /** Work under way when the process is asked to end may take this long; then it is cut off. */
    DRAIN_TIMEOUT_MS: milliseconds().default(defaults.drainTimeoutMs ?? 4000),
  });
