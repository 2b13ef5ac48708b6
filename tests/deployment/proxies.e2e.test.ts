import { request } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../local-cluster/free-port.ts';
import { message } from '../e2e/message-suite.ts';
import { type ApiClient, openChat, PASSWORD, signUp } from '../support/api-client.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import type { ManagedProcess } from '../support/managed-process.ts';
import { natsServerIsThere, WITHOUT_NATS_SERVER } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { isInstalled, type ProxyName, type ReverseProxy, startProxy } from '../support/reverse-proxy.ts';
import { openTab, type Tab, type TabOptions } from '../support/tab.ts';
import { describeProxiedHttp } from './proxied-http-suite.ts';

const LOGIN_LIMIT = 3;

describeProxy('nginx');
describeProxy('HAProxy');

function describeProxy(name: ProxyName): void {
  const missing = isInstalled(name)
    ? null
    : `needs ${name} on the PATH (Debian: apt-get install ${name.toLowerCase()})`;
  const reason = missing ?? (natsServerIsThere ? null : WITHOUT_NATS_SERVER);
  if (reason === null) describe(`behind ${name}, as deploy/ sets it up,`, () => describeRally(name));
  else describe.skip(`behind ${name}: ${reason}`, () => describeRally(name));
}

function describeRally(name: ProxyName): void {
  let deployment: DistributedDeployment;
  let proxy: ReverseProxy;
  let address = '';
  let httpPort = 0;

  beforeAll(async () => {
    // The proxy's certificate is its own.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const [http, https] = [await freePort(), await freePort()];
    [httpPort, address] = [http, `https://127.0.0.1:${https}`];
    deployment = await startDistributed({
      ALLOWED_ORIGINS: address,
      TRUSTED_PROXY_HOPS: '1',
      LOGIN_LIMIT: String(LOGIN_LIMIT),
      // Longer than the proxy takes to hear of it.
      DRAIN_DELAY_MS: '4000',
    });
    const [one, other] = deployment.addresses.map((each, index) => ({
      port: Number(new URL(each).port),
      opsPort: deployment.gateways[index]?.opsPort ?? 0,
    }));
    if (!one || !other) throw new Error('no two gateways');
    proxy = await startProxy(name, { http, https, gateways: [one, other] });
  });
  afterAll(async () => {
    await proxy?.stop();
    await deployment?.stop();
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });

  const opened: Tab[] = [];
  async function open(user: ApiClient, options: TabOptions = {}): Promise<Tab> {
    const tab = await openTab(user, options);
    opened.push(tab);
    return tab;
  }
  afterEach(() => Promise.all(opened.splice(0).map((tab) => tab.close())));

  async function twoPeople() {
    const [ann, bob] = [await signUp(address, 'Ann'), await signUp(address, 'Bob')];
    return { ann, bob, chatId: await openChat(ann, bob) };
  }

  describeProxiedHttp(name, () => Number(new URL(address).port));

  it('people sign up, chat and read pages, over TLS alone', async () => {
    const { ann, bob, chatId } = await twoPeople();
    const largeCookie = { cookie: `${bob.cookieHeader}; other=${'x'.repeat(14_000)}` };
    const [annTab, bobTab] = [await open(ann), await open(bob, { headers: largeCookie })];
    expect(await annTab.ask('new_message', message(chatId, 'hello'))).toMatchObject({ action: 'ack' });
    expect((await bobTab.action('new_message')).data).toMatchObject({
      content: 'hello',
      sender: ann.username,
    });
    await expect(bob.get(`/chats/${ann.username}/messages`)).resolves.toMatchObject({
      status: 200,
      body: { count: 1, items: [{ content: 'hello' }] },
    });
    const loggedIn = await ann.post('/login', { username: ann.username, password: PASSWORD });
    for (const cookie of loggedIn.headers.getSetCookie()) expect(cookie).toContain('; Secure');
    expect((await bob.delete('/logout')).status).toBe(204);
    expect((await bobTab.closed).code).toBe(3000);

    const plain = await fetch(`http://127.0.0.1:${httpPort}/api/self?a=b`, { redirect: 'manual' });
    expect(plain.status).toBe(308);
    expect(plain.headers.get('location')).toMatch(/^https:\/\/127\.0\.0\.1(:\d+)?\/api\/self\?a=b$/);
  });

  it('sockets are spread over the gateways', async () => {
    const { ann } = await twoPeople();
    const before = await openSockets(deployment.gateways);
    await Promise.all(Array.from({ length: 8 }, () => open(ann)));
    const after = await openSockets(deployment.gateways);
    for (const [index, sockets] of after.entries()) expect(sockets - (before[index] ?? 0)).toBeGreaterThan(1);
  });

  it('a socket to another path is closed with 4000, and one from another origin refused with 403', async () => {
    const { ann } = await twoPeople();
    await expect(open(ann, { path: '/ws/other' })).rejects.toThrow('4000');
    await expect(open(ann, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
  });

  it('failed logins count per client, whatever it says of its address', async () => {
    const { username } = await signUp(address, 'Ann');
    const logIn = (password: string, from: string, headers: Record<string, string> = {}) =>
      post(`${address}/api/login`, { username, password }, from, { origin: address, ...headers });
    for (let failed = 0; failed < LOGIN_LIMIT; failed += 1)
      expect(await logIn('wrong password 1', '127.0.0.1', { 'x-forwarded-for': `192.0.2.${failed}` })).toBe(
        401,
      );
    expect(await logIn(PASSWORD, '127.0.0.1', { 'x-forwarded-for': '192.0.2.7' })).toBe(429);
    expect(await logIn(PASSWORD, '127.0.0.2')).toBe(200);
  });

  it.each<[string, (gateway: ManagedProcess) => Promise<unknown>, number]>([
    ['drains', (gateway) => gateway.stop(), 3001],
    ['is killed', (gateway) => gateway.kill(), 1006],
  ])('while a gateway %s every page is answered, and its tabs resume at the other', async (_, end, code) => {
    const { ann, bob, chatId } = await twoPeople();
    const [ending] = deployment.gateways;
    const before = await openSockets([ending]);
    const annTabs: Tab[] = [];
    const closed: Tab[] = [];
    do {
      const tab = await open(ann);
      annTabs.push(tab);
      void tab.closed.then(() => closed.push(tab));
    } while (String(await openSockets([ending])) === String(before));

    const pages = readWithoutEnd(bob);
    await end(ending);
    await eventually(() => expect(closed.length).toBeGreaterThan(0));
    const bobTab = await open(bob);
    expect(await bobTab.ask('new_message', message(chatId, 'while you were away'))).toMatchObject({
      action: 'ack',
    });
    for (const tab of closed) {
      expect((await tab.closed).code).toBe(code);
      const back = await open(ann, { cursor: tab.lastCursor });
      expect((await back.action('welcome')).data.recovered).toBe(true);
      await back.action('new_message');
    }
    for (const tab of annTabs) if (!closed.includes(tab)) await tab.action('new_message');
    expect(await pages.statuses()).toEqual([200]);
    await ending.start();
    await eventually(async () => {
      const tab = await open(bob);
      const here = await openSockets([ending]);
      await tab.close();
      expect(here).not.toEqual([0]);
    });
  });
}

/** One page after the other, until the answers are asked for. */
function readWithoutEnd(user: ApiClient) {
  const seen = new Set<number | string>();
  let isOver = false;
  const reading = (async () => {
    while (!isOver)
      await user.get('/chats').then(
        ({ status }) => seen.add(status),
        (error) => seen.add(String(error.cause)),
      );
  })();
  return {
    /** All that there were, each once. */
    async statuses() {
      isOver = true;
      await reading;
      return [...seen];
    },
  };
}

const openSockets = (gateways: readonly ManagedProcess[]): Promise<number[]> =>
  Promise.all(
    gateways.map(async ({ opsPort }) => {
      const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
      return Number(/^rally_websocket_open_sockets (\d+)$/m.exec(text)?.[1]);
    }),
  );

/** From one of this machine's addresses, as clients have different ones. The status. */
function post(
  url: string,
  body: unknown,
  localAddress: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      localAddress,
      headers: { 'content-type': 'application/json', ...headers },
    };
    const sent = request(url, options, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}
