import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRally } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Rally } from '../../client/rally.ts';
import { answerId } from '../../demo/bot/echo.ts';
import { freshName, PASSWORD } from '../support/api-client.ts';
import { type RunningStandalone, startStandalone } from '../support/embedded-deployment.ts';
import { until } from '../support/patience.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';
import { printed, type RallyProcess, spawnRally } from '../support/rally-process.ts';

let home: string;
let standalone: RunningStandalone;
const rallies: Rally[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rally-bot-'));
  const data = join(home, 'data');
  await prepareDataDirectory(data);
  standalone = await startStandalone({ DATA_DIR: data });
});
afterAll(async () => {
  for (const rally of rallies) rally.stop();
  await standalone?.rally.stop();
  await rm(home, { recursive: true, force: true });
});

function newTab(): Rally {
  const rally = createRally({ url: standalone.address, environment: nodeEnvironment({ WebSocket }) });
  rallies.push(rally);
  return rally;
}

async function connected(rally: Rally): Promise<Rally> {
  rally.start();
  await until(() => rally.live.connection.get().phase === 'ready');
  return rally;
}

async function startBot(credentials: Record<string, string> = {}): Promise<RallyProcess> {
  const bot = spawnRally('demo/bot/main.js', { RALLY_URL: standalone.address, ...credentials });
  await printed(bot, / answers at http/);
  return bot;
}

function interrupt(bot: RallyProcess): Promise<number | null> {
  bot.child.kill('SIGINT');
  return bot.exited;
}

it('the bot answers each message once, whatever came while it was away, or was answered already', async () => {
  const first = await startBot();
  const [, BOT_USERNAME = '', BOT_PASSWORD = ''] =
    /BOT_USERNAME=(\S+) BOT_PASSWORD=(\S+)/.exec(first.output()) ?? [];
  const ann = newTab();
  const username = freshName('Ann');
  const email = `${username}@example.com`;
  await ann.api.signUp({ username, email, password: PASSWORD, password_repeat: PASSWORD });
  await connected(ann);
  const answers: string[] = [];
  ann.live.on('new_message', ({ data }) => {
    if (data.sender === BOT_USERNAME) answers.push(data.content);
  });
  const read: string[] = [];
  ann.live.on('read_message', ({ data }) => read.push(data.id));

  const { chat_id } = await ann.api.openChat(BOT_USERNAME);
  const ask = async (content: string) => {
    const { id } = ann.outbox.send(chat_id, content);
    await until(() => ann.outbox.pending(chat_id).get().length === 0);
    return id;
  };
  await ask('hello');
  await until(() => answers.length === 1);
  expect(await interrupt(first)).toBe(0);

  const one = await ask('one');
  const two = await ask('two');
  // As if it had been killed after its first answer was stored.
  const itself = newTab();
  await itself.api.logIn({ username: BOT_USERNAME, password: BOT_PASSWORD });
  await connected(itself);
  const timestamp = new Date().toISOString();
  await itself.live.request('new_message', { chat_id, id: answerId(one), content: 'one', timestamp });
  await until(() => answers.length === 2);

  const second = await startBot({ BOT_USERNAME, BOT_PASSWORD });
  await until(() => read.includes(two));
  // Another bot's answer is not answered: the two would never end.
  const derived = answerId(crypto.randomUUID());
  await ann.live.request('new_message', { chat_id, id: derived, content: "a bot's", timestamp });
  const three = await ask('three');
  await until(() => read.includes(three));
  expect(answers).toEqual(['hello', 'one', 'two', 'three']);
  const { body } = await ann.api.messages(BOT_USERNAME);
  expect(body.items.map(({ content }) => content).reverse()).toEqual([
    ...['hello', 'hello'],
    ...['one', 'two', 'one', 'two'],
    ...["a bot's", 'three', 'three'],
  ]);
  expect(await second.stop()).toBe(0);
});

it('the bot says what is wrong when it cannot sign in', async () => {
  const ended = async (credentials: Record<string, string>) => {
    const bot = spawnRally('demo/bot/main.js', { RALLY_URL: standalone.address, ...credentials });
    return [await bot.exited, bot.output()];
  };
  expect(await ended({ BOT_USERNAME: 'nobody' })).toEqual([
    1,
    'BOT_USERNAME and BOT_PASSWORD: say both, or none for a new user\n',
  ]);
  expect(await ended({ BOT_USERNAME: 'nobody', BOT_PASSWORD: 'wrong' })).toEqual([
    1,
    'The bot has ended: The username or password is wrong.\n',
  ]);
});
