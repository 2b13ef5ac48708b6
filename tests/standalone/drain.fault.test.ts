import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChat, signUp } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import { freePort } from '../support/free-port.ts';
import { PersistentSender } from '../support/persistent-sender.ts';

const MESSAGES = 1500;
const SENDERS = 4;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rally-drain-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

it('a process that is asked to stop amid sends exits with 0, and nothing that it acked is lost', async () => {
  const settings = {
    DATA_DIR: join(home, 'data'),
    PORT: String(await freePort()),
    FRAME_LIMIT_PER_S: '100000',
  };
  const first = await startStandalone(settings);
  const [ann, bob] = [await signUp(first.address, 'Ann'), await signUp(first.address, 'Bob')];
  const chat_id = await openChat(ann, bob);

  let acks = 0;
  let restarted: Promise<{ code: number | null; again: typeof first }> | undefined;
  const onAck = () => {
    acks += 1;
    if (acks === 300) restarted = restart();
  };
  async function restart() {
    const code = await first.rally.stop();
    return { code, again: await startStandalone(settings) };
  }
  const gateway = async () => (await restarted)?.again.address ?? first.address;
  const senders = Array.from(
    { length: SENDERS },
    () => new PersistentSender(ann, { window: 50, gateway, onAck }),
  );
  await Promise.all(
    senders.map((sender) =>
      sender.send(
        Array.from({ length: MESSAGES / SENDERS }, () => ({
          chat_id,
          id: randomUUID(),
          content: 'amid',
          timestamp: 't',
        })),
      ),
    ),
  );

  const { code, again } = (await restarted) ?? {};
  expect(code).toBe(0);
  const page = await ann.get(`/chats/${bob.username}/messages?limit=1`);
  expect(page.body).toMatchObject({ count: MESSAGES });
  expect(senders.flatMap((sender) => [...sender.acked.keys()]).length).toBe(MESSAGES);
  expect(await again?.rally.stop()).toBe(0);
}, 90_000);
