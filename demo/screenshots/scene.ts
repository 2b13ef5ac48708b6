import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { createRally, type Rally } from '../../client/index.ts';
import { nodeEnvironment } from '../../client/node.ts';

/** People who have talked, played and met, for one of them to be looked at. */
export interface Scene {
  /** With whom she talks. */
  readonly bob: string;
  /** Hers. */
  readonly cookies: readonly { readonly name: string; readonly value: string }[];
  /** The others go. */
  leave(): void;
}

const PASSWORD = 'correct horse 7';

/** New accounts each time; who they are is told by their nicknames. */
export async function setScene(address: string): Promise<Scene> {
  const [bob, cleo, dan] = [
    await somebody(address, 'Bob.Stone'),
    await somebody(address, 'Cleo'),
    await somebody(address, 'Dan.the.Quick'),
  ];
  const ada = account('Ada');
  const answer = await fetch(`${address}/api/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ada),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  const cookies = answer.headers.getSetCookie().map((cookie) => {
    const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
    return { name, value };
  });
  const adas = createRally({
    url: address,
    session: async () => cookies.find(({ name }) => name === 'access_token')?.value ?? '',
    environment: nodeEnvironment({ WebSocket }),
  });
  adas.start();
  await adas.api.updateProfile({ nickname: 'Ada' });
  await say(cleo, ada.username, 'Good game yesterday!');
  await say(dan, ada.username, 'Shall we team up for the cup?');
  await say(adas, bob.username, 'Hi Bob! Are you up for a duel tonight?');
  await say(bob.rally, ada.username, 'Sure. After eight?');
  await say(adas, bob.username, 'Perfect. Same rules as last time: https://example.com/rules');
  const liked = await say(bob.rally, ada.username, 'And the loser writes the report.');
  await adas.live.request('like_message', liked);
  await say(adas, bob.username, 'Ha! Deal.');
  await say(bob.rally, ada.username, 'See you there');
  await cleo.rally.api.addFriend(ada.username);
  await dan.rally.api.announceTournament({ name: 'Winter cup', required_participants: 8, alias: 'Quick' });
  await bob.rally.live.request('game_invite', {
    username: ada.username,
    client_id: 'scene',
    options: { score_to_win: 7, game_speed: 'fast' },
  });
  adas.stop();
  return {
    bob: bob.username,
    cookies,
    leave() {
      for (const { rally } of [bob, cleo, dan]) rally.stop();
    },
  };
}

interface Somebody {
  readonly username: string;
  readonly rally: Rally;
}

function account(name: string) {
  const username = `${name}.${randomBytes(3).toString('hex')}`;
  return {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
    password_repeat: PASSWORD,
  };
}

async function somebody(address: string, nickname: string): Promise<Somebody> {
  const rally = createRally({ url: address, environment: nodeEnvironment({ WebSocket }) });
  const form = account(nickname);
  await rally.api.signUp(form);
  await rally.api.updateProfile({ nickname });
  rally.start();
  return { username: form.username, rally };
}

/** The message, once it is stored. */
async function say(
  by: Rally | Somebody,
  to: string,
  content: string,
): Promise<{ chat_id: string; id: string }> {
  const { api, live } = 'rally' in by ? by.rally : by;
  const { chat_id } = await api.openChat(to);
  await connected({ live });
  const { id } = await live.request('new_message', { chat_id, content, timestamp: new Date().toISOString() });
  if (id === undefined) throw new Error('a message without an id');
  return { chat_id, id };
}

const connected = ({ live }: Pick<Rally, 'live'>): Promise<void> =>
  new Promise((resolve) => {
    const isReady = () => live.connection.get().phase === 'ready';
    if (isReady()) return resolve();
    const end = live.connection.subscribe(() => {
      if (!isReady()) return;
      end();
      resolve();
    });
  });
