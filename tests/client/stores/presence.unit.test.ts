import { beforeEach, describe, expect, it } from 'vitest';
import { DATE, StoreFixture } from './store-fixture.ts';

let fixture: StoreFixture;

beforeEach(() => {
  fixture = new StoreFixture();
});

const watched = () =>
  fixture.live.told.flatMap(({ action, data }) => (action === 'watch_presence' ? [data] : []));
const comes = (username: string) =>
  fixture.live.push({
    action: 'user_online',
    data: { username, nickname: '', status: 'online', date: DATE },
  });

describe('presence', () => {
  it('watches whom somebody subscribes to, by one frame for changes that come together', async () => {
    await fixture.watch(fixture.stores.presence('Bob'));
    await fixture.connect();
    expect(watched()).toEqual([{ usernames: ['bob'] }]);
    const end = await fixture.watch(fixture.stores.presence('Cid'), fixture.stores.presence('BOB'));
    await fixture.browser.pass(50);
    expect(watched().slice(1)).toEqual([{ usernames: ['bob', 'cid'] }]);
    end();
    const again = await fixture.watch(fixture.stores.presence('Cid'));
    await fixture.browser.pass(50);
    expect(watched()).toHaveLength(2);
    again();
    await fixture.browser.pass(50);
    expect(watched().slice(2)).toEqual([{ usernames: ['bob'] }]);
  });

  it('is known from when it is heard until the connection is lost, or nobody looks', async () => {
    const bob = fixture.stores.presence('Bob');
    const end = await fixture.watch(bob);
    await fixture.connect();
    expect(bob.get()).toBeNull();
    comes('Bob');
    expect(bob.get()).toBe(true);
    fixture.live.lose();
    expect(bob.get()).toBeNull();
    await fixture.connect();
    comes('Bob');
    expect([bob.get(), watched().length]).toEqual([true, 2]);
    end();
    await fixture.browser.pass(50);
    expect([bob.get(), watched().at(-1)]).toEqual([null, { usernames: [] }]);
  });

  it('watches nobody when stores are in use and nobody subscribes', async () => {
    await fixture.watch(fixture.stores.me);
    await fixture.connect();
    expect(watched()).toEqual([{ usernames: [] }]);
  });

  it('watches the newest 500 subscriptions', async () => {
    await fixture.connect();
    const names = Array.from({ length: 502 }, (_, index) => `user${index}`);
    await fixture.watch(...names.map((name) => fixture.stores.presence(name)));
    await fixture.connect();
    expect(watched()).toEqual([{ usernames: names.slice(2).reverse() }]);
    comes('user0');
    comes('user501');
    expect(['user0', 'user501'].map((name) => fixture.stores.presence(name).get())).toEqual([null, true]);
  });
});
