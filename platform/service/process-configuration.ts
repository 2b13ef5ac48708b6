import { z } from 'zod';
import { milliseconds, oneOf, port } from '../configuration/option.ts';

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
    /** Where spans are sent, by OTLP over HTTP, such as `http://localhost:4318/v1/traces`; without, nothing is traced. */
    TRACING_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
    /** Of the traces that begin here so many are kept, from 0 to 1. */
    TRACING_RATIO: z
      .string()
      .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a number from 0 to 1')
      .transform(Number)
      .default(1),
    LOG_LEVEL: oneOf(LOG_LEVELS).default(defaults.logLevel),
    /** Health and metrics are for operators: loopback, unless a probe comes from elsewhere. */
    OPS_HOST: z.string().default('127.0.0.1'),
    /** 0 takes any free port. */
    OPS_PORT: port().default(defaults.opsPort),
    /** Asked to end, the process says for so long that it is not ready, and works on: time for a balancer to notice. */
    DRAIN_DELAY_MS: milliseconds(0).default(0),
    /** Work under way when the process is asked to end may take this long; then it is cut off. */
    DRAIN_TIMEOUT_MS: milliseconds().default(defaults.drainTimeoutMs ?? 4000),
  });

export type ProcessConfiguration = Readonly<z.output<ReturnType<typeof processConfiguration>>>;

interface Addresses {
  readonly HOST: string;
  readonly PORT: number;
  readonly OPS_HOST: string;
  readonly OPS_PORT: number;
}

/** Told before anything starts: the one that is listened on later would only find its port taken. */
export const OPS_PORT_TAKEN = {
  path: ['OPS_PORT'],
  error: 'is a port of the public address: health and metrics need one of their own',
};

/** Whether operators and the public have addresses of their own; `ports` are public from `PORT` on. */
export function keepsApart({ HOST, PORT, OPS_HOST, OPS_PORT }: Addresses, ports = 1): boolean {
  if (PORT === 0 || OPS_PORT === 0) return true;
  const overlap = HOST === OPS_HOST || [HOST, OPS_HOST].some((host) => EVERYWHERE.has(host));
  return !overlap || OPS_PORT < PORT || OPS_PORT >= PORT + ports;
}

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);
