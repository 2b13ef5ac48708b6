import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createRally } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Rally } from '../../client/rally.ts';
import { freshName, PASSWORD } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { until } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';

interface Person extends Rally {
  readonly username: string;
}

describe('the client, with a Rally', () => {
  const people: Person[] = [];
  let home: string;
  let standalone: RunningStandalone;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-client-'));
    await prepareDataDirectory(home);
    standalone = await startStandalone({ DATA_DIR: home });
  });
  afterEach(() => {
    for (const person of people.splice(0)) person.stop();
  });
  afterAll(async () => {
    await standalone?.rally.stop();
    await rm(home, { recursive: true, force: true });
  });

  const isReady = ({ live }: Rally) => live.connection.get().phase === 'ready';

  async function connect(): Promise<Person> {
    const username = freshName('Client');
    const rally = createRally({ url: standalone.address, environment: nodeEnvironment({ WebSocket }) });
    const secret = { password: PASSWORD, password_repeat: PASSWORD };
    await rally.api.signUp({ username, email: `${username}@example.com`, ...secret });
    const person = Object.assign(rally, { username });
    people.push(person);
    person.start();
    await until(() => isReady(person));
    return person;
  }

  /** Contents of the messages that were pushed, in order. */
  function heard({ live }: Person): string[] {
    const contents: string[] = [];
    live.on('new_message', ({ data }) => contents.push(data.content));
    return contents;
  }

  it('signs up, connects, sends, is acknowledged and pushed', async () => {
    const [ann, bob] = [await connect(), await connect()];
    const received = heard(bob);
    const { chat_id } = await ann.api.openChat(bob.username);
    for (const content of ['one', 'two']) ann.outbox.send(chat_id, content);
    await until(() => received.length === 2 && ann.outbox.pending(chat_id).get().length === 0);
    expect(received).toEqual(['one', 'two']);
    const { body } = await bob.api.messages(ann.username);
    expect(body.items.map(({ content }) => content)).toEqual(['two', 'one']);
  });

  it('is refused with the code of the server, and says nothing twice', async () => {
    const [ann, bob] = [await connect(), await connect()];
    const { chat_id } = await ann.api.openChat(bob.username);
    await bob.api.blockUser(ann.username);
    ann.outbox.send(chat_id, 'hello?');
    await until(() => ann.outbox.pending(chat_id).get()[0]?.state === 'failed');
    expect(ann.outbox.pending(chat_id).get()).toMatchObject([{ state: 'failed', reason: 'blocked' }]);
    await expect(ann.live.request('cancel_game_invite', { username: bob.username })).rejects.toMatchObject({
      code: 'invitation_not_found',
    });
  });

  it('signs out, and in again', async () => {
    const ann = await connect();
    expect(ann.session.get()).toEqual({ phase: 'signed_in', username: ann.username });
    await ann.api.logOut();
    expect(ann.live.connection.get()).toEqual({ phase: 'closed', cause: 'logged_out' });
    await expect(ann.api.self()).rejects.toMatchObject({ code: 'signed_out' });
    await ann.api.logIn({ username: ann.username, password: PASSWORD });
    await until(() => isReady(ann));
  });

  it('resumes after a restart: nothing is lost or doubled, what was written meanwhile is sent', async () => {
    const [ann, bob] = [await connect(), await connect()];
    const [received, resumed] = [heard(bob), [] as boolean[]];
    bob.live.onWelcome(({ recovered }) => void resumed.push(recovered));
    const { chat_id } = await ann.api.openChat(bob.username);
    const contents = Array.from({ length: 60 }, (_, index) => String(index));
    for (const content of contents.slice(0, 30)) ann.outbox.send(chat_id, content);
    await until(() => received.length >= 5);
    await standalone.rally.stop();
    for (const content of contents.slice(30)) ann.outbox.send(chat_id, content);
    await until(() => !isReady(ann) && !isReady(bob));
    const { port } = new URL(standalone.address);
    standalone = await startStandalone({ DATA_DIR: home, PORT: port });
    await until(() => ann.outbox.pending(chat_id).get().length === 0 && received.length >= 60);
    expect(received).toEqual(contents);
    expect(resumed).toEqual([true]);
    const { body } = await bob.api.messages(ann.username, { limit: 100 });
    expect(body.items.map(({ content }) => content).reverse()).toEqual(contents);
  });
});
