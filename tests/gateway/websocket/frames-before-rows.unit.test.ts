import { describe, expect, it } from 'vitest';
import { eventually, PATIENCE_MS } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

describe('a tab that joins while rows are behind what has been published', () => {
  it('waits until they have passed what was published before it subscribed, and has everything', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'seen');
    feed.writesAtOnce = false;
    feed.push('ann', 'unwritten 1');
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.asked).toBe(1));
    feed.push('ann', 'unwritten 2');
    await settle();
    expect(tab.story).toEqual([]);
    feed.write();
    feed.push('ann', 'live');
    await eventually(() => expect(tab.story).toEqual(['unwritten 1', 'unwritten 2', 'welcome', 'live']));
  });

  it('is live while rows stay behind what comes after', async () => {
    const { open, feed } = createTestGateway();
    feed.writesAtOnce = false;
    const tab = await open('ann');
    feed.push('ann', 'one', 'two');
    await eventually(() => expect(tab.story).toEqual(['welcome', 'one', 'two']));
  });

  it('waits until somebody leads', async () => {
    const { connect, feed } = createTestGateway();
    await feed.resign();
    feed.push('ann', 'before');
    const tab = connect('ann', { query: 'cursor=0.0.7' });
    await settle();
    expect(tab.story).toEqual([]);
    feed.lead();
    await eventually(() => expect(tab.story).toEqual(['before', 'welcome']));
  });

  it.each([
    ['nobody leads', 'resign'],
    ['nothing is written', 'stop writing'],
    ['another leader has written', 'replace'],
  ])('is closed with 3001 when %s in time', async (_, trouble) => {
    const { connect, feed } = createTestGateway({ CATCH_UP_TIMEOUT_MS: 60 });
    if (trouble === 'resign') await feed.resign();
    if (trouble === 'stop writing') feed.writesAtOnce = false;
    if (trouble === 'replace') feed.epochOfRows = 2n;
    feed.push('ann', 'one');
    const tab = connect('ann');
    await eventually(() => expect(tab.code).toBe(3001));
    expect(tab.story).toEqual([]);
  });

  it('asks again when the rows are of another leader than the answer', async () => {
    const { connect, feed } = createTestGateway();
    feed.writesAtOnce = false;
    feed.epochOfRows = 2n;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBeGreaterThan(0));
    expect(tab.story).toEqual([]);
    await feed.resign();
    feed.epoch = 2n;
    feed.lead();
    feed.push('ann', 'of the new leader');
    await settle();
    feed.write();
    await eventually(() => expect(tab.of('welcome')[0]?.data).toMatchObject({ cursor: '1.0.7' }));
  });

  it('goes on from a cursor that the rows have not reached: what it saw was published before they were written', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'one');
    feed.writesAtOnce = false;
    feed.waitMs = PATIENCE_MS;
    const { cursor } = feed.store('ann', 'seen');
    // A new leader, which goes on from what is written.
    feed.published = 1n;
    const tab = connect('ann', { query: `cursor=${cursor.position}.0.7` });
    await eventually(() => expect(feed.lookUps).toBeGreaterThan(0));
    feed.store('ann', 'missed');
    feed.write();
    await eventually(() => expect(tab.story).toEqual(['missed', 'welcome']));
    expect(tab.of('welcome')[0]?.data).toMatchObject({ recovered: true, replayed: 1 });
  });

  it('is told to reload when its cursor is of no push: its place does not come in time', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'one');
    feed.waitMs = 5;
    const tab = connect('ann', { query: 'cursor=9000000000000000000.0.7' });
    await eventually(() => expect(tab.story).toEqual(['welcome']));
    expect(tab.of('welcome')[0]?.data).toMatchObject({ recovered: false, replayed: 0, cursor: '1.0.7' });
  });

  it('shares its question with all who ask before it is sent, and with nobody who asks later', async () => {
    const { connect, feed } = createTestGateway({ SOCKETS_PER_USER: 50 });
    const answer = gate();
    feed.answersOfLeader = answer.opened;
    const first = connect('bob');
    await eventually(() => expect(feed.asked).toBe(1));
    const [tab, phone] = [connect('ann'), connect('ann-phone')];
    await settle();
    expect(feed.asked).toBe(1);
    answer.open();
    await eventually(() =>
      expect([first, tab, phone].map(({ story }) => story)).toEqual(Array(3).fill(['welcome'])),
    );
    expect(feed.asked).toBe(2);
  });
});

describe('a leader that was replaced and publishes late', () => {
  it('is not heard by a tab that has heard its successor', async () => {
    const { open, feed } = createTestGateway();
    const tab = await open('ann');
    feed.push('ann', '1');
    const pushes = ['2', '3', '4'].map((label) => feed.store('ann', label));
    const [two, three, four] = pushes;
    if (!two || !three || !four) throw new Error('no pushes');
    feed.epoch = 2n;
    feed.publish('ann', two);
    feed.epoch = 1n;
    feed.publish('ann', four);
    feed.epoch = 2n;
    feed.publish('ann', three, four);
    await settle();
    expect(tab.story).toEqual(['welcome', '1', '2', '3', '4']);
  });

  it('does not make a tab deaf for another log, as after one was restored, whose epochs are lower', async () => {
    const { open, feed } = createTestGateway();
    feed.epoch = 9n;
    feed.epochOfRows = 9n;
    const tab = await open('ann');
    feed.push('ann', '1');
    await eventually(() => expect(tab.story).toEqual(['welcome', '1']));
    feed.epoch = 8n;
    feed.epochOfRows = 8n;
    feed.log = '8';
    feed.push('ann', 'of another log');
    await eventually(() => expect(tab.code).toBe(3001));
  });

  it('is not heard by a tab that joins behind its successor', async () => {
    const { connect, feed } = createTestGateway();
    feed.epoch = 2n;
    feed.epochOfRows = 2n;
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(1));
    const [one, two] = [feed.store('ann', '1'), feed.store('ann', '2')];
    feed.epoch = 1n;
    feed.publish('ann', two);
    feed.epoch = 2n;
    feed.publish('ann', one, two);
    await settle();
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['welcome', '1', '2']));
  });
});

describe('a new leader', () => {
  it('publishes again what its predecessor has not written: it is seen once', async () => {
    const { open, feed } = createTestGateway();
    const [tab, bob] = [await open('ann'), await open('bob')];
    const pushes = ['1', '2', '3'].map((label) => feed.store('ann', label));
    const broadcast = feed.storeForEveryoneBut('bob', '4');
    feed.publish('ann', ...pushes);
    feed.publishToEveryoneBut('bob', broadcast);
    feed.epoch = 2n;
    feed.publish('ann', ...pushes.slice(1));
    feed.publishToEveryoneBut('bob', broadcast);
    feed.push('ann', '5');
    await settle();
    expect(tab.story).toEqual(['welcome', '1', '2', '3', '4', '5']);
    expect(bob.story).toEqual(['welcome']);
  });
});
