import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEventStore, openLog } from '../../platform/event-store/open-event-store.ts';
import { befriend } from '../e2e/community.ts';
import { runRallyCommand } from '../ops/rally-command.ts';
import { silent } from '../projection-service/read-side.ts';
import { openChat, PASSWORD, signUp, type User } from '../support/api-client.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { openTab, type Tab } from '../support/tab.ts';

type Store = Parameters<typeof openLog>[0];

/** All that is in the tables of the database: the log of PostgreSQL, accounts, keys and read models among them. */
async function dumpOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  let dump = '';
  for (const { name } of tables) {
    const { rows } = await client.query(`select r::text as row from ${name} r`);
    dump += `${name}\n${rows.map(({ row }) => row).join('\n')}\n`;
  }
  await client.end();
  return dump;
}

async function dumpLog(where: Store): Promise<string> {
  const log = await openLog(where, silent);
  const enough = new AbortController();
  let dump = '';
  for await (const { events, caughtUp } of log.subscribe({
    after: -1n,
    prefixes: [],
    batchSize: 500,
    signal: enough.signal,
  })) {
    for (const { event, metadata } of events) dump += `${JSON.stringify([event, metadata])}\n`;
    if (caughtUp) enough.abort();
  }
  await log.close();
  return dump;
}

const erase = (user: User, password = PASSWORD) =>
  user.request('DELETE', `/users/${user.username}`, { password });

const DEPLOYMENTS = [
  ['PostgreSQL', startDistributed],
  ['a double of EventStoreDB', startDistributedOnDouble],
] as const;

for (const [name, start] of DEPLOYMENTS)
  describeWithNats(`a user who is erased, the log in ${name}`, () => {
    let deployment: DistributedDeployment;
    let store: Store;
    beforeAll(async () => {
      deployment = await start({ LOG_LEVEL: 'debug' });
      store = {
        EVENT_STORE: 'double' in deployment ? 'eventstoredb' : 'postgres',
        EVENTSTORE_URL: 'double' in deployment ? (deployment.double as { url: string }).url : undefined,
        DATABASE_URL: deployment.databaseUrl,
      };
    });
    afterAll(() => deployment?.stop());

    /** Somebody with a word of their own in all that can be said. */
    async function talker(
      word: string,
      other: User,
    ): Promise<{ user: User; chatId: string; tab: Tab; word: string }> {
      const user = await signUp(deployment.addresses[0], 'Eve');
      const tab = await openTab(user);
      await user.patch('/self', { nickname: `nick.${word}`, avatar: `https://pictures.example/${word}.png` });
      const chatId = await openChat(user, other);
      const said = await tab.ask('new_message', {
        chat_id: chatId,
        content: `say ${word}`,
        timestamp: `at ${word}`,
      });
      expect(said.action).toBe('ack');
      await befriend(user, other);
      const announced = await user.post('/tournaments', {
        name: `Cup of ${word}`,
        required_participants: 4,
        alias: word,
      });
      expect(announced.status).toBe(201);
      return { user, chatId, tab, word };
    }

    const isCompleted = async (username: string) => {
      const log = await openEventStore(store, silent);
      const events = await log.readStream(`user-${username.toLowerCase()}`, {
        direction: 'backwards',
        limit: 1,
      });
      await log.close();
      return events[0]?.event.type === 'ErasureCompleted';
    };

    const expectForgotten = async ({ user, word }: { user: User; word: string }) => {
      await eventually(async () => expect(await isCompleted(user.username)).toBe(true), 200);
      await eventually(async () => {
        const [database, log] = [await dumpOf(deployment.databaseUrl), await dumpLog(store)];
        expect(database).toContain(user.username.toLowerCase());
        expect(log).toContain(user.username);
        expect(database.split('\n').filter((line) => line.includes(word))).toEqual([]);
        expect(log).not.toContain(word);
        expect(database).not.toContain(`${user.username}@example.com`);
      }, 200);
      for (const { opsPort, output } of deployment.all) {
        const metrics = await fetch(`http://127.0.0.1:${opsPort}/metrics`).then((answer) => answer.text());
        expect(`${metrics}${output()}`).not.toContain(word);
      }
    };

    it('leaves none of their words, and others as they were', async () => {
      const bob = await signUp(deployment.addresses[1], 'Bob');
      const eve = await talker('zanzibar1', bob);
      const bobs = await openTab(bob);
      const said = await bobs.ask('new_message', {
        chat_id: eve.chatId,
        content: 'Bob stays',
        timestamp: 't',
      });
      expect(said.action).toBe('ack');
      expect((await erase(eve.user, 'not the password 1')).status).toBe(401);
      expect(
        (await eve.user.request('DELETE', `/users/${bob.username}`, { password: PASSWORD })).status,
      ).toBe(403);
      expect((await erase(eve.user)).status).toBe(204);
      expect((await eve.tab.closed).code).toBe(3002);
      await expectForgotten(eve);
      expect((await bob.get(`/users/${eve.user.username}`)).status).toBe(404);
      const { body } = await bob.get(`/chats/${eve.user.username}/messages`);
      expect(JSON.stringify(body)).toContain('Bob stays');
      const login = { username: eve.user.username, password: PASSWORD };
      expect((await bob.post('/login', login)).status).toBe(401);
      const again = { ...login, email: 'anew@example.com', password_repeat: PASSWORD };
      expect((await bob.post('/signup', again)).status).toBe(422);
      await bobs.close();
    });

    it('is so by an operator, whatever is killed meanwhile', async () => {
      const bob = await signUp(deployment.addresses[1], 'Bob');
      const eve = await talker('zanzibar2', bob);
      await deployment.housekeeping.kill();
      await Promise.all(deployment.gateways.map((gateway) => gateway.kill()));
      const environment = Object.fromEntries(
        Object.entries(store).filter(([, value]) => value !== undefined),
      );
      const command = (...args: string[]) =>
        runRallyCommand(
          environment as Record<string, string>,
          '--json',
          'erase-user',
          eve.user.username,
          ...args,
        );
      expect((await command()).code).toBe(2);
      expect(await command('--yes', '--no-wait')).toMatchObject({ code: 0 });
      await deployment.housekeeping.start();
      await Promise.all(deployment.gateways.map((gateway) => gateway.start()));
      await expectForgotten(eve);
      const done = await command('--yes');
      expect([done.code, done.json()]).toEqual([
        0,
        { username: eve.user.username, erased: true, completed: true },
      ]);
    });

    it('is somebody: of nobody there is nothing to erase', async () => {
      const environment = Object.fromEntries(
        Object.entries(store).filter(([, value]) => value !== undefined),
      );
      const { code, stderr } = await runRallyCommand(
        environment as Record<string, string>,
        'erase-user',
        'nobody',
        '--yes',
      );
      expect([code, stderr]).toEqual([1, 'rally: there is no user nobody\n']);
    });
  });
