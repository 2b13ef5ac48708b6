import { expect } from 'vitest';
import WebSocket from 'ws';
import { createRally } from '../../client/create-rally.ts';
import { nodeEnvironment } from '../../client/node.ts';
import type { Rally } from '../../client/rally.ts';
import { freePort } from '../../local-cluster/free-port.ts';
import { freshName, PASSWORD } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { eventually, until } from '../support/patience.ts';
import { FaultProxy } from './fault-proxy.ts';
import { TOO_MANY } from './message-steps.ts';
import type { BrowserDeeds } from './node-world.ts';
import type { Deed, Told } from './world.ts';

/** A Rally, a faulty way to it, and somebody who is there all the time. */
export class Surroundings {
  readonly proxy = new FaultProxy();
  readonly #deployment: Deployment;
  readonly #peer: Rally;
  readonly #peerName: string;
  /** Where pages and the API are. */
  readonly origin: string;

  private constructor(proxy: FaultProxy, origin: string, deployment: Deployment, peer: Rally, name: string) {
    this.proxy = proxy;
    this.origin = origin;
    this.#deployment = deployment;
    this.#peer = peer;
    this.#peerName = name;
  }

  static async open(): Promise<Surroundings> {
    const proxy = new FaultProxy();
    const [own, behind] = [await freePort(), await freePort()];
    const origin = await proxy.listen(own);
    proxy.target = `http://127.0.0.1:${behind}`;
    const deployment = await startEmbedded({
      PORT: String(behind),
      ALLOWED_ORIGINS: `${origin},${proxy.target}`,
      PING_INTERVAL_S: '1',
      RESUME_LIMIT: String(TOO_MANY - 1),
    });
    const peer = createRally({ url: proxy.target, environment: nodeEnvironment({ WebSocket }) });
    const username = freshName('Bob');
    const email = `${username}@example.com`;
    await peer.api.signUp({ username, email, password: PASSWORD, password_repeat: PASSWORD });
    peer.start();
    return new Surroundings(proxy, origin, deployment, peer, username);
  }

  /** What a step asks for, whose browser is this. */
  readonly outside = async (browser: BrowserDeeds, deed: Deed): Promise<Told> => {
    const { proxy } = this;
    switch (deed.do) {
      case 'fault':
        Object.assign(proxy.faults, deed.faults);
        break;
      case 'cut':
        proxy.cut();
        break;
      case 'mend':
        proxy.isCut = false;
        break;
      case 'close':
        proxy.closeAll(deed.code);
        break;
      case 'silence':
        proxy.silence();
        break;
      case 'say':
        await this.#say(deed.to, deed.contents);
        break;
      case 'network':
        await browser.network(deed.isThere);
        break;
      case 'freeze':
        await browser.whileFrozen(async () => {
          proxy.silence();
          await this.#say(deed.to, deed.contents);
          // Two messages, and more pings than a client does without.
          await until(() => proxy.swallowed >= deed.contents.length + 3);
        });
        break;
      case 'list':
      case 'look':
    }
    return {
      peer: this.#peerName,
      handshakes: proxy.handshakes,
      refreshes: proxy.refreshes,
      sentMessages: proxy.sentMessages,
      messages: deed.do === 'list' ? await this.#list(deed.of) : [],
    };
  };

  async close(): Promise<void> {
    this.#peer.stop();
    await this.proxy.close();
    await this.#deployment.stop();
  }

  async #say(to: string, contents: readonly string[]): Promise<void> {
    const { chat_id } = await this.#peer.api.openChat(to);
    for (const content of contents) this.#peer.outbox.send(chat_id, content);
    await eventually(() => expect(this.#peer.outbox.pending(chat_id).get()).toEqual([]));
  }

  async #list(username: string): Promise<Told['messages']> {
    const { body } = await this.#peer.api.messages(username, { limit: 100 });
    return body.items.map(({ id, content }) => ({ id, content })).reverse();
  }
}
