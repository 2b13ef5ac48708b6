import { describe, expect, it } from 'vitest';
import { formatCursor } from '../../../protocol/cursor.ts';
import { encodePushes } from '../../../protocol/pushes.ts';
import { PUSH_EVERYONE, pushSubject } from '../../../protocol/subjects.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

describe('after an interruption of the bus', () => {
  it('each tab gets what it missed before anything newer, and no second welcome', async () => {
    const { open, feed, bus } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    feed.push('ann', 'before');
    await settle();
    bus.losing = true;
    feed.push('ann', 'lost 1', 'lost 2');
    bus.losing = false;
    bus.interrupt();
    feed.push('ann', 'after');
    feed.push('bob', 'for bob');
    await eventually(() => expect(ann.story).toEqual(['welcome', 'before', 'lost 1', 'lost 2', 'after']));
    await eventually(() => expect(bob.story).toEqual(['welcome', 'for bob']));
  });

  it('that comes again during the look-up, the look-up is repeated', async () => {
    const { open, feed, bus } = createTestGateway();
    const tab = await open('ann');
    const before = feed.lookUps;
    const answers = gate();
    feed.answers = answers.opened;
    bus.losing = true;
    bus.interrupt();
    await eventually(() => expect(feed.lookUps).toBe(before + 1));
    feed.push('ann', 'lost');
    bus.losing = false;
    bus.interrupt();
    feed.push('ann', 'newer');
    await settle();
    expect(tab.story).toEqual(['welcome']);
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['welcome', 'lost', 'newer']));
    expect(feed.lookUps).toBe(before + 2);
  });

  it('a tab that missed too much is closed with 3001, without a part of it', async () => {
    const { open, feed, bus } = createTestGateway({ RESUME_LIMIT: 2 });
    const [ann, bob] = [await open('ann'), await open('bob')];
    bus.losing = true;
    feed.push('ann', '1', '2', '3');
    bus.interrupt();
    await eventually(() => expect(ann.code).toBe(3001));
    expect(ann.story).toEqual(['welcome']);
    await settle();
    expect(bob.code).toBeUndefined();
  });

  it('tabs are closed with 3001 when nothing can be looked up', async () => {
    const { open, feed, bus } = createTestGateway();
    const tab = await open('ann');
    feed.unavailable = true;
    bus.interrupt();
    await eventually(() => expect(tab.code).toBe(3001));
  });

  it('not all tabs are looked up at once', async () => {
    const { open, feed, bus } = createTestGateway({ SOCKETS_PER_USER: 50 });
    const tabs = await Promise.all(Array.from({ length: 50 }, () => open('ann')));
    const before = feed.lookUps;
    const answers = gate();
    feed.answers = answers.opened;
    bus.losing = true;
    feed.push('ann', 'lost');
    bus.interrupt();
    await settle();
    expect(feed.lookUps - before).toBeLessThan(20);
    answers.open();
    await eventually(() => expect(tabs.every((tab) => tab.story.at(-1) === 'lost')).toBe(true));
  });

  it('the tabs of one user are looked up as slowly as they may resume, and another user does not wait for them', async () => {
    const { open, feed, bus } = createTestGateway({ RESUMES_PER_USER_PER_S: 4 });
    const tabs = await Promise.all(Array.from({ length: 6 }, () => open('ann')));
    const bob = await open('bob');
    const before = feed.lookUps;
    bus.losing = true;
    feed.push('ann', 'lost');
    feed.push('bob', 'lost');
    for (let time = 0; time < 10; time += 1) bus.interrupt();
    await eventually(() => expect(bob.story.at(-1)).toBe('lost'));
    await settle();
    expect(tabs.filter((tab) => tab.story.at(-1) === 'lost')).toHaveLength(4);
    expect(feed.lookUps - before).toBe(5);
    await eventually(() => expect(tabs.every((tab) => tab.story.at(-1) === 'lost')).toBe(true));
    expect(feed.lookUps - before).toBe(7);
  });

  it('sessions are looked up, since their end may have been lost too', async () => {
    const { open, sessions, bus, sessionChanged } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    bus.losing = true;
    sessions.end('bob');
    sessionChanged({ change: 'logged_out', sessionId: 'bob' });
    await settle();
    expect(bob.code).toBeUndefined();
    bus.interrupt();
    await eventually(() => expect(bob.code).toBe(3002));
    expect(ann.code).toBeUndefined();
  });

  it('that came while a tab was being authenticated, its session is looked up again', async () => {
    const { connect, sessions, bus, sessionChanged } = createTestGateway();
    const answers = gate();
    sessions.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(sessions.lookUps).toBe(1));
    bus.losing = true;
    sessions.end('ann');
    sessionChanged({ change: 'logged_out', sessionId: 'ann' });
    bus.interrupt();
    answers.open();
    await eventually(() => expect(tab.code).toBe(3002));
  });
});

describe('a hole in the pushes of one user', () => {
  it('is filled from the feed before anything newer, in each tab of that user and in no other', async () => {
    const { open, feed, bus } = createTestGateway();
    const [tab, phone, bob] = [await open('ann'), await open('ann-phone'), await open('bob')];
    feed.push('ann', 'before');
    feed.store('ann', 'unpublished 1');
    const { cursor } = feed.store('ann', 'unpublished 2');
    const before = feed.lookUps;
    const after = feed.store('ann', 'after');
    bus.publish(pushSubject('ann'), encodePushes(1n, [{ cursor, text: null }, after]));
    feed.push('ann', 'live');
    feed.push('bob', 'for bob');
    const story = ['welcome', 'before', 'unpublished 1', 'unpublished 2', 'after', 'live'];
    await eventually(() => expect(tab.story).toEqual(story));
    await eventually(() => expect(phone.story).toEqual(story));
    await eventually(() => expect(bob.story).toEqual(['welcome', 'for bob']));
    expect(feed.lookUps - before).toBe(2);
  });

  it('that a tab is past already is nothing to it', async () => {
    const { open, feed, bus } = createTestGateway();
    const tab = await open('ann');
    const { cursor } = feed.store('ann', 'one');
    bus.publish(pushSubject('ann'), encodePushes(1n, [{ cursor, text: null }]));
    await eventually(() => expect(tab.story).toEqual(['welcome', 'one']));
    const before = feed.lookUps;
    bus.publish(pushSubject('ann'), encodePushes(1n, [{ cursor, text: null }]));
    feed.push('ann', 'two');
    await eventually(() => expect(tab.story).toEqual(['welcome', 'one', 'two']));
    expect(feed.lookUps).toBe(before);
  });

  it('that comes while a tab joins, its look-up is repeated', async () => {
    const { connect, feed, bus } = createTestGateway();
    feed.push('ann', 'seen');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann', { query: `cursor=${formatCursor(feed.end)}` });
    await eventually(() => expect(feed.lookUps).toBe(1));
    const { cursor } = feed.store('ann', 'unpublished');
    bus.publish(pushSubject('ann'), encodePushes(1n, [{ cursor, text: null }]));
    await settle();
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['unpublished', 'welcome']));
    expect(feed.lookUps).toBe(2);
  });

  it('is what pushes are that cannot be read', async () => {
    const { open, feed, bus } = createTestGateway();
    const tab = await open('ann');
    feed.store('ann', 'of another version');
    bus.publish(pushSubject('ann'), 'another version {}');
    feed.push('ann', 'live');
    await eventually(() => expect(tab.story).toEqual(['welcome', 'of another version', 'live']));
  });
});

describe('a hole in the pushes to everyone', () => {
  it('is filled from the feed before anything newer, in each tab', async () => {
    const { open, feed, bus } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    const { cursor } = feed.storeForEveryoneBut('ann', 'too many are excepted');
    const after = { ...feed.storeForEveryoneBut('bob', 'after'), everyoneBut: ['bob'] };
    bus.publish(PUSH_EVERYONE, encodePushes(1n, [{ cursor, text: null }, after]));
    feed.pushToEveryoneBut('cid', 'live');
    await eventually(() => expect(ann.story).toEqual(['welcome', 'after', 'live']));
    await eventually(() => expect(bob.story).toEqual(['welcome', 'too many are excepted', 'live']));
  });
});

describe('a log that was restored from a backup while tabs are open', () => {
  it('closes a tab at its first push, wherever that stands, and does not recover it', async () => {
    const { open, feed } = createTestGateway();
    feed.push('ann', '1', '2', '3');
    const [tab, bob] = [await open('ann'), await open('bob')];
    const { cursor } = tab.of('welcome')[0]?.data ?? {};
    feed.restore(1n, '8');
    feed.push('ann', 'of another life');
    await eventually(() => expect(tab.code).toBe(3001));
    expect(tab.story).toEqual(['welcome']);
    feed.push('ann', '3', '4', '5');
    const again = await open('ann', String(cursor));
    expect(again.of('welcome')[0]?.data).toMatchObject({ recovered: false, replayed: 0, cursor: '5.0.8' });
    expect(again.story).toEqual(['welcome']);
    expect(bob.code).toBeUndefined();
  });

  it('closes a tab that was looked up before and gets its first push of the new life while it waits', async () => {
    const { connect, feed } = createTestGateway();
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(1));
    feed.restore(1n, '8');
    feed.push('ann', 'of another life');
    await settle();
    answers.open();
    await eventually(() => expect(tab.code).toBe(3001));
    expect(tab.story).toEqual(['welcome']);
  });
});
