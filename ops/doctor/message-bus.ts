import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openMessageBus } from '../../platform/message-bus/open-message-bus.ts';
import { messageOf } from '../exit-codes.ts';
import { bad, type Finding, ok } from './finding.ts';

const CHECK = 'NATS';

/** `url`: null where everything is in one process, which needs none. */
export async function checkMessageBus(url: string | null, logger: Logger): Promise<Finding> {
  if (url === null) return ok(CHECK, 'no NATS_URL: not looked at');
  try {
    const bus = await openMessageBus({ NATS_URL: url }, 'rally operator', logger, new Registry());
    const payload = bus.maxPayloadBytes();
    await bus.stop();
    return ok(CHECK, `answers; messages of up to ${Math.round(payload / 1024).toLocaleString('en')} KiB`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const [seen, advice] = TROUBLE[code] ?? [
      messageOf(error),
      'look at NATS_URL, and at the log of the server',
    ];
    return bad(CHECK, seen, advice);
  }
}

const NOBODY = ['nobody answers there', 'start it, or correct host and port in NATS_URL'] as const;

const TROUBLE: Readonly<Record<string, readonly [seen: string, advice: string]>> = {
  AUTHORIZATION_VIOLATION: ['refuses the credentials', 'correct user and password in NATS_URL'],
  CONNECTION_REFUSED: NOBODY,
  TIMEOUT: NOBODY,
  ECONNREFUSED: NOBODY,
  ENOTFOUND: ['there is no such host', 'correct the host in NATS_URL'],
};
