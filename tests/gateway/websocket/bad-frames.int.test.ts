import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tab } from '../../support/tab.ts';
import { BAD_FRAMES } from './bad-frames.ts';
import { startRealGateway } from './real-gateway.ts';

let real: Awaited<ReturnType<typeof startRealGateway>>;
let bystander: Tab;

beforeAll(async () => {
  real = await startRealGateway();
  bystander = await real.open();
});

afterAll(() => real.stop());

describe('a frame that breaks the protocol closes with 3100, and another tab goes on:', () => {
  it.each(Object.entries(BAD_FRAMES))('%s', async (_, frame) => {
    const tab = await real.open();
    tab.socket.send(frame);
    expect((await tab.closed).code).toBe(3100);
    expect(await bystander.ask('read_message', { id: randomUUID() })).toMatchObject({ action: 'ack' });
  });

  it('there are at least sixty of them', () => {
    expect(Object.keys(BAD_FRAMES).length).toBeGreaterThanOrEqual(60);
  });
});
