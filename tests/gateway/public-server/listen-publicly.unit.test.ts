import pino from 'pino';
import { expect, it } from 'vitest';
import { createListenPublicly } from '../../../gateway/public-server/listen-publicly.ts';
import { listenOnNodeWs } from '../../../gateway/public-server/node-ws/node-ws-server.ts';

it('falls back to the ws package, with a warning, where no uWebSockets binary runs', () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  expect(createListenPublicly(logger, () => null)).toBe(listenOnNodeWs);
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'no uWebSockets binary fits: sockets run on the slower ws package',
  ]);
});
