import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createRally } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Rally } from '../../client/rally.ts';
import { freshName, PASSWORD } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { until } from '../support/patience.ts';

describe('the client, with a Rally', () => {
  let deployment: Deployment;
  const rallies: Rally[] = [];
  beforeAll(async () => {
    deployment = await startEmbedded();
  });
  afterEach(() => {
    for (const rally of rallies.splice(0)) rally.stop();
  });
  afterAll(() => deployment?.stop());

  async function connect(): Promise<Rally & { readonly username: string }> {
    const username = freshName('Client');
    const rally = createRally({ url: deployment.addresses[0], environment: nodeEnvironment({ WebSocket }) });
    const account = {
      username,
      email: `${username}@example.com`,
      password: PASSWORD,
      password_repeat: PASSWORD,
    };
    await rally.api.signUp(account);
    rallies.push(rally);
    rally.start();
    await until(() => rally.live.connection.get().phase === 'ready');
    return Object.assign(rally, { username });
  }

  it('signs up, connects, sends, is acknowledged and pushed', async () => {
    const [ann, bob] = [await connect(), await connect()];
    const received: string[] = [];
    bob.live.on('new_message', ({ data }) => received.push(data.content));
    const { chat_id } = await ann.api.openChat(bob.username);
    ann.outbox.send(chat_id, 'one');
    ann.outbox.send(chat_id, 'two');
    await until(() => received.length === 2 && ann.outbox.pending(chat_id).get().length === 0);
    expect(received).toEqual(['one', 'two']);
    const { body } = await bob.api.messages(ann.username);
    expect(body.items.map(({ content }) => content)).toEqual(['two', 'one']);
  });
});
