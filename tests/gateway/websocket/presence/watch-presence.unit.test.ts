import type { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { WATCHED_LIMIT } from '../../../../protocol/client-frames.ts';
import { serverFrame } from '../../../../protocol/server-frames.ts';
import { eventually } from '../../../support/patience.ts';
import { createTestGateway, gate, settle } from '../test-gateway.ts';
import { toldOf } from '../test-people.ts';
import type { TestTab } from '../test-tab.ts';

const watch = (tab: TestTab, usernames: readonly string[], request_id?: string) =>
  tab.ask({ action: 'watch_presence', data: { usernames }, ...(request_id && { request_id }) });

/** Cid is online, Dan has gone, and Eve was never there. */
async function gatewayWithPeople() {
  const test = createTestGateway();
  test.people.push('Eve', '-Eve', 'Cid', 'Dan', '-Dan');
  const tab = await test.open('ann');
  return { ...test, tab };
}

const watchedUsers = async ({ registry }: { readonly registry: Registry }): Promise<number | undefined> =>
  (await registry.getSingleMetric('rally_websocket_presence_watched_users')?.get())?.values[0]?.value;

describe('a tab that watches somebody', () => {
  it('is told at once what is so of each that exists, whatever the case of the name, and acked', async () => {
    const test = await gatewayWithPeople();
    const { tab } = test;
    watch(tab, ['cid', 'DAN', 'nobody', '', 'x'.repeat(5000), 'no name', 'Cid'], '1');
    await eventually(() => expect(toldOf(tab).sort()).toEqual(['-Dan', 'Cid']));
    await eventually(() =>
      expect(tab.of('ack')).toEqual([{ action: 'ack', request_id: '1', data: { position: '5' } }]),
    );
    for (const frame of tab.frames) serverFrame.parse(frame);
    expect(await watchedUsers(test)).toBe(3);
  });

  it('hears of those alone from then on, and others go on hearing of everybody', async () => {
    const { open, people, tab } = await gatewayWithPeople();
    const other = await open('bob');
    watch(tab, ['cid', 'fay']);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    people.push('Dan', 'Fay', '-Cid', 'Gus');
    await eventually(() => expect(toldOf(other)).toEqual(['Dan', 'Fay', '-Cid', 'Gus']));
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Fay', '-Cid']));
  });

  it('hears of nobody when it names nobody, and nothing is read for that', async () => {
    const { open, people, tab } = await gatewayWithPeople();
    const other = await open('bob');
    watch(tab, [], '1');
    await eventually(() => expect(tab.of('ack')).toHaveLength(1));
    people.push('Fay', '-Cid');
    await eventually(() => expect(toldOf(other)).toEqual(['Fay', '-Cid']));
    await settle();
    expect(toldOf(tab)).toEqual([]);
    expect(people.reads).toEqual([]);
  });

  it('hears of those whom it has named last', async () => {
    const { people, tab } = await gatewayWithPeople();
    watch(tab, ['cid']);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    watch(tab, ['dan', 'fay']);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', '-Dan']));
    people.push('-Cid', 'Fay');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', '-Dan', 'Fay']));
  });

  it('may name so many, and not one more', async () => {
    const { open, tab } = await gatewayWithPeople();
    const names = Array.from({ length: WATCHED_LIMIT }, (_, index) => `user${index}`);
    watch(tab, names, '1');
    await eventually(() => expect(tab.of('ack')).toHaveLength(1));
    const other = await open('bob');
    watch(other, [...names, 'one more']);
    expect(other.code).toBe(3100);
  });

  it('before its welcome is told after it, and of nobody else', async () => {
    const { connect, feed, people } = await gatewayWithPeople();
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    watch(tab, ['cid']);
    await eventually(() => expect(feed.lookUps).toBe(2));
    people.push('Fay');
    answers.open();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    people.push('Gus', '-Cid');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', '-Cid']));
    expect(tab.story[0]).toBe('welcome');
  });

  it('and resumes hears of everybody again, as its list lasts as long as its socket', async () => {
    const { open, people, tab } = await gatewayWithPeople();
    watch(tab, ['cid']);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    tab.disconnect();
    const back = await open('ann', '5.0.7');
    people.push('Fay');
    await eventually(() => expect(toldOf(back)).toEqual(['Fay']));
  });
});

describe('what happens while it is read what is so', () => {
  it('wins when it is newer than what was read', async () => {
    const { people, tab } = await gatewayWithPeople();
    const answers = gate();
    people.answers = answers.opened;
    watch(tab, ['cid', 'dan']);
    await eventually(() => expect(people.reads).toEqual(['presenceOf']));
    people.push('-Cid');
    await eventually(() => expect(toldOf(tab)).toEqual(['-Cid']));
    people.push('Dan');
    answers.open();
    await eventually(() => expect(toldOf(tab)).toEqual(['-Cid', 'Dan']));
    people.push('Cid');
    await eventually(() => expect(toldOf(tab)).toEqual(['-Cid', 'Dan', 'Cid']));
  });

  it('and comes late is not told after what was read later', async () => {
    const { people, tab } = await gatewayWithPeople();
    const [came, gone] = [people.store('Fay', true), people.store('Fay', false)];
    watch(tab, ['fay', 'gus']);
    await eventually(() => expect(toldOf(tab)).toEqual(['-Fay']));
    people.publish(came);
    people.push('Gus');
    await eventually(() => expect(toldOf(tab)).toEqual(['-Fay', 'Gus']));
    people.publish(gone);
    people.push('Fay');
    await eventually(() => expect(toldOf(tab)).toEqual(['-Fay', 'Gus', 'Fay']));
  });

  it('what was heard before the tab watched is read: rows that do not hold it are not enough', async () => {
    const { open, feed, people, tab } = await gatewayWithPeople();
    const other = await open('bob');
    feed.writesAtOnce = false;
    people.push('-Cid');
    await eventually(() => expect(toldOf(other)).toEqual(['-Cid']));
    // The next leader goes on from what is written.
    feed.published = 5n;
    watch(tab, ['cid']);
    await eventually(() => expect(people.reads.length).toBeGreaterThan(1));
    feed.write();
    await eventually(() => expect(toldOf(tab).at(-1)).toBe('-Cid'));
    expect(toldOf(tab)).not.toContain('Cid');
  });

  it('rows are waited for that hold what the leader has published', async () => {
    const { feed, people, tab } = await gatewayWithPeople();
    feed.writesAtOnce = false;
    people.store('Cid', false);
    watch(tab, ['cid']);
    const { asked } = feed;
    await eventually(() => expect(feed.asked - asked).toBeGreaterThan(2));
    expect(toldOf(tab)).toEqual([]);
    feed.write();
    await eventually(() => expect(toldOf(tab)).toEqual(['-Cid']));
  });

  it('what got lost on the bus is looked up for the list as well', async () => {
    const { bus, people, tab } = await gatewayWithPeople();
    watch(tab, ['cid', 'fay']);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    bus.losing = true;
    people.push('Fay', '-Cid', 'Gus');
    bus.losing = false;
    bus.interrupt();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Fay', '-Cid']));
  });

  it('a tab that goes leaves nothing behind', async () => {
    const test = await gatewayWithPeople();
    const { people, tab } = test;
    const answers = gate();
    people.answers = answers.opened;
    watch(tab, ['cid', 'fay']);
    await eventually(() => expect(people.reads).toHaveLength(1));
    expect(await watchedUsers(test)).toBe(2);
    tab.disconnect();
    answers.open();
    await settle();
    expect(await watchedUsers(test)).toBe(0);
  });
});

describe('when it cannot be read what is so', () => {
  it.each(['unavailable', 'without a leader'])(
    'as the read models are %s, that is refused as unavailable',
    async (trouble) => {
      const { feed, people, tab } = await gatewayWithPeople();
      if (trouble === 'unavailable') people.unavailable = true;
      else await feed.resign();
      watch(tab, ['cid', 'fay'], '1');
      await eventually(() =>
        expect(tab.of('error')[0]).toMatchObject({
          request_id: '1',
          data: { code: 'unavailable', retryable: true },
        }),
      );
      people.push('Fay');
      await eventually(() => expect(toldOf(tab)).toEqual(['Fay']));
      people.unavailable = false;
      if (trouble !== 'unavailable') feed.lead();
      watch(tab, ['cid', 'fay'], '2');
      await eventually(() => expect(toldOf(tab).sort()).toEqual(['Cid', 'Fay', 'Fay']));
    },
  );

  it('the reads of one user go one after the other, and others do not wait for them', async () => {
    const { open, people, tab } = await gatewayWithPeople();
    const [phone, bob] = [await open('ann-phone'), await open('bob')];
    const answers = gate();
    people.answers = answers.opened;
    watch(tab, ['cid']);
    watch(phone, ['cid']);
    await eventually(() => expect(people.reads).toHaveLength(1));
    watch(bob, ['cid']);
    await eventually(() => expect(people.reads).toHaveLength(2));
    await settle();
    expect(people.reads).toHaveLength(2);
    answers.open();
    for (const each of [tab, phone, bob]) await eventually(() => expect(toldOf(each)).toEqual(['Cid']));
  });
});
