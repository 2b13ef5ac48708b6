import { describe, expect, it } from 'vitest';
import { serverFrame } from '../../../../protocol/server-frames.ts';
import { PRESENCE } from '../../../../protocol/subjects.ts';
import { eventually } from '../../../support/patience.ts';
import { createTestGateway, gate, settle } from '../test-gateway.ts';
import { toldOf } from '../test-people.ts';
import type { ReceivedFrame, TestTab } from '../test-tab.ts';

const actionsOf = ({ frames }: TestTab): string[] => frames.map(({ action }: ReceivedFrame) => action);

describe('who comes online or goes', () => {
  it('is told to every tab, in order, without a cursor', async () => {
    const { open, people } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    people.push('Cid', 'Dan', '-Cid');
    await eventually(() => expect(toldOf(ann)).toEqual(['Dan', '-Cid']));
    await eventually(() => expect(toldOf(bob)).toEqual(['Dan', '-Cid']));
    expect(ann.of('user_offline')).toEqual([
      {
        action: 'user_offline',
        data: { username: 'Cid', nickname: 'Cidy', status: 'offline', date: '1970-01-01T00:00:00.003Z' },
      },
    ]);
    for (const frame of ann.frames) serverFrame.parse(frame);
  });

  it('is told once when it is published twice, and in the end as it is when it is published late', async () => {
    const { open, people } = createTestGateway();
    const tab = await open('ann');
    const [cid, dan, gone] = [
      people.store('Cid', true),
      people.store('Dan', true),
      people.store('Cid', false),
    ];
    people.publish(cid, dan);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
    people.publish(cid, dan, gone);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan', '-Cid']));
    people.publish(cid);
    people.publishAs(2n, cid, dan, gone);
    people.push('Eve');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan', '-Cid']));
    await settle();
    people.publishAs(2n, people.store('Fay', true));
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan', '-Cid', 'Fay']));
  });

  it('is not believed of a leader that was replaced, however new it is', async () => {
    const { open, people } = createTestGateway();
    const tab = await open('ann');
    people.publishAs(2n, people.store('Cid', true));
    people.publishAs(1n, people.store('Dan', true));
    people.publishAs(2n, people.store('Eve', true));
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Eve']));
  });
});

describe('a tab that joins', () => {
  it('is told nothing before its welcome, and after it what has changed since it was looked up what it missed', async () => {
    const { open, connect, feed, people } = createTestGateway();
    await open('bob');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(2));
    people.push('Cid', 'Dan');
    await settle();
    expect(tab.frames).toEqual([]);
    answers.open();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
    expect(actionsOf(tab)).toEqual(['welcome', 'user_online', 'user_online']);
  });

  it('as the first one is told of what was published meanwhile, by the leader that has answered', async () => {
    const { connect, feed, people } = createTestGateway();
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(1));
    people.publishAs(0n, people.store('Cid', true));
    people.push('Dan');
    answers.open();
    await eventually(() => expect(toldOf(tab)).toEqual(['Dan']));
  });

  it('is not told of what was before, but by who has gone and come', async () => {
    const { open, people, bus } = createTestGateway();
    const first = await open('ann');
    people.push('Cid');
    await eventually(() => expect(toldOf(first)).toEqual(['Cid']));
    first.disconnect();
    await eventually(() => expect(bus.subjects).not.toContain(PRESENCE));
    people.push('Dan');
    const second = await open('ann');
    people.push('Eve');
    await eventually(() => expect(toldOf(second)).toEqual(['Eve']));
  });

  it('waits for the rows of what a leader has told the others and died before it wrote it', async () => {
    const { open, connect, feed, people } = createTestGateway();
    const first = await open('bob');
    feed.writesAtOnce = false;
    const unwritten = people.store('Cid', true);
    people.publish(unwritten);
    await eventually(() => expect(toldOf(first)).toEqual(['Cid']));
    // The next one goes on from what is written, and has not published it again yet.
    feed.published = 0n;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBeGreaterThan(1));
    await settle();
    expect(tab.frames).toEqual([]);
    people.publish(unwritten);
    feed.write();
    await eventually(() => expect(tab.of('welcome')[0]?.data).toMatchObject({ cursor: '1.0.7' }));
    people.push('Dan');
    await eventually(() => expect([toldOf(first), toldOf(tab)]).toEqual([['Cid', 'Dan'], ['Dan']]));
  });
});

describe('after an interruption of the bus', () => {
  it('what got lost is looked up, the newest of each, before what comes later', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    people.push('Cid');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    bus.losing = true;
    people.push('Dan', '-Cid', 'Eve', '-Dan');
    bus.losing = false;
    bus.interrupt();
    people.push('Fay');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', '-Cid', 'Eve', '-Dan', 'Fay']));
    await settle();
    expect(people.reads).toEqual(['presenceSince']);
  });

  it('that comes again during the look-up, the look-up is repeated', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    const answers = gate();
    people.answers = answers.opened;
    bus.losing = true;
    people.push('Cid');
    bus.interrupt();
    await eventually(() => expect(people.reads).toHaveLength(1));
    people.push('Dan');
    bus.losing = false;
    bus.interrupt();
    answers.open();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
    people.push('Eve');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan', 'Eve']));
    expect(people.reads).toHaveLength(2);
  });

  it('the rows of another leader than the one who has answered are not enough', async () => {
    const { open, bus, feed, people } = createTestGateway();
    const tab = await open('ann');
    bus.losing = true;
    people.push('Cid');
    feed.writesAtOnce = false;
    people.publishAs(2n, people.store('Dan', true));
    bus.losing = false;
    // The one that was replaced still answers.
    feed.published = 1n;
    feed.epochOfRows = 2n;
    bus.interrupt();
    await eventually(() => expect(people.reads.length).toBeGreaterThan(1));
    await feed.resign();
    Object.assign(feed, { epoch: 2n, published: null });
    feed.lead();
    feed.write();
    people.push('Eve');
    feed.write();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan', 'Eve']));
  });

  it('rows are waited for that hold what the leader has published', async () => {
    const { open, bus, feed, people } = createTestGateway();
    const tab = await open('ann');
    feed.writesAtOnce = false;
    bus.losing = true;
    people.push('Cid');
    bus.losing = false;
    const { asked } = feed;
    bus.interrupt();
    await eventually(() => expect(feed.asked - asked).toBeGreaterThan(4));
    people.push('Dan');
    feed.write();
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
  });

  it('more than one page is read', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    bus.losing = true;
    const users = Array.from({ length: 510 }, (_, index) => `user${index}`);
    people.push(...users);
    bus.losing = false;
    bus.interrupt();
    await eventually(() => expect(people.reads).toHaveLength(2));
    people.push('last');
    await eventually(() => expect(toldOf(tab)).toEqual([...users, 'last']));
  });

  it('it is tried again for as long as the read models are away', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    people.unavailable = true;
    bus.losing = true;
    people.push('Cid');
    bus.losing = false;
    bus.interrupt();
    await eventually(() => expect(people.reads.length).toBeGreaterThan(2));
    people.push('Dan');
    people.unavailable = false;
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
  });

  it('and everybody has gone, who comes is told nothing of what is still being looked up', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    const answers = gate();
    people.answers = answers.opened;
    bus.losing = true;
    people.push('Cid');
    bus.losing = false;
    bus.interrupt();
    await eventually(() => expect(people.reads).toHaveLength(1));
    tab.disconnect();
    const back = await open('ann');
    answers.open();
    await settle();
    people.push('Dan');
    await eventually(() => expect(toldOf(back)).toEqual(['Dan']));
  });

  it('nothing is told twice that a leader has told, died before it wrote it, and the next one tells again', async () => {
    const { open, bus, feed, people } = createTestGateway();
    const tab = await open('ann');
    feed.writesAtOnce = false;
    const unwritten = people.store('Cid', true);
    people.publish(unwritten);
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid']));
    await feed.resign();
    Object.assign(feed, { epoch: 2n, epochOfRows: 2n, published: 0n });
    feed.lead();
    bus.interrupt();
    await eventually(() => expect(people.reads).toHaveLength(1));
    people.publish(unwritten);
    people.push('Dan');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
  });
});

describe('presence that cannot be read, as another version publishes it,', () => {
  it('is looked up', async () => {
    const { open, bus, people } = createTestGateway();
    const tab = await open('ann');
    people.store('Cid', true);
    bus.publish(PRESENCE, 'another version {}');
    people.push('Dan');
    await eventually(() => expect(toldOf(tab)).toEqual(['Cid', 'Dan']));
  });
});

describe('a log that was restored from a backup while tabs are open', () => {
  it('closes all of them: what they were told is not of this one', async () => {
    const { open, feed, people } = createTestGateway();
    people.push('Cid', 'Dan', 'Eve');
    const [ann, bob] = [await open('ann'), await open('bob')];
    feed.restore(1n, '8');
    people.push('Fay');
    await eventually(() => expect([ann.code, bob.code]).toEqual([3001, 3001]));
    expect(toldOf(ann)).toEqual([]);
    const back = await open('ann');
    people.push('Gus');
    await eventually(() => expect(toldOf(back)).toEqual(['Gus']));
  });
});
