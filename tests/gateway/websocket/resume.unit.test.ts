import { describe, expect, it } from 'vitest';
import { formatCursor } from '../../../protocol/cursor.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

const welcomeOf = (tab: { of(action: string): { data: object }[] }) => tab.of('welcome')[0]?.data;

describe('a tab that resumes', () => {
  it('gets exactly what it missed, then the welcome, then what is live', async () => {
    const { open, feed } = createTestGateway();
    feed.push('ann', 'seen');
    const cursor = formatCursor(feed.end);
    feed.push('ann', 'missed 1');
    feed.push('bob', 'not for ann');
    feed.push('ann', 'missed 2');
    const tab = await open('ann', cursor);
    feed.push('ann', 'live');
    await eventually(() => expect(tab.story).toEqual(['missed 1', 'missed 2', 'welcome', 'live']));
    expect(welcomeOf(tab)).toEqual({
      session_id: 'ann',
      username: 'Ann',
      cursor: '4.0.7',
      recovered: true,
      replayed: 2,
      expires_at: '2026-01-02T04:04:05.000Z',
      ping_interval_s: 25,
    });
  });

  it('and has missed nothing is recovered with nothing', async () => {
    const { open, feed } = createTestGateway();
    feed.push('ann', 'seen');
    const tab = await open('ann', formatCursor(feed.end));
    expect(tab.story).toEqual(['welcome']);
    expect(welcomeOf(tab)).toMatchObject({ recovered: true, replayed: 0 });
  });

  it.each([
    '',
    'nonsense',
    '-1.0.7',
    '99999999999999999999.0.7',
    '1',
    '1.0',
    '1.0.8',
    '999.0.7',
    '1.0.7%00',
    '1.0.77777777777',
  ])('with the cursor %j is told to reload', async (cursor) => {
    const { open, feed } = createTestGateway({ CATCH_UP_TIMEOUT_MS: 100 });
    feed.push('ann', 'old');
    const tab = await open('ann', cursor);
    feed.push('ann', 'live');
    await eventually(() => expect(tab.story).toEqual(['welcome', 'live']));
    expect(welcomeOf(tab)).toMatchObject({ recovered: false, replayed: 0, cursor: '1.0.7' });
  });

  it('and has missed too much gets no part of it', async () => {
    const { open, feed } = createTestGateway({ RESUME_LIMIT: 3 });
    feed.push('ann', 'seen', '1', '2', '3');
    expect((await open('ann', '1.0.7')).story).toEqual(['1', '2', '3', 'welcome']);
    feed.push('ann', '4');
    const tab = await open('ann', '1.0.7');
    expect(tab.story).toEqual(['welcome']);
    expect(welcomeOf(tab)).toMatchObject({ recovered: false, replayed: 0, cursor: '5.0.7' });
  });

  it('gets pushes that come while it is looked up once, after the replay', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'seen', 'missed');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.lookUps).toBe(1));
    feed.push('ann', 'racing 1');
    feed.push('ann', 'racing 2');
    await settle();
    expect(tab.story).toEqual([]);
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['missed', 'welcome', 'racing 1', 'racing 2']));
    expect(welcomeOf(tab)).toMatchObject({ cursor: '2.0.7', replayed: 1 });
  });

  it('does not get twice what was pushed late, after the look-up has seen it', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'seen');
    const late = feed.store('ann', 'late');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.lookUps).toBe(1));
    feed.publish('ann', late);
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['late', 'welcome']));
    feed.publish('ann', late);
    await settle();
    expect(tab.story).toEqual(['late', 'welcome']);
  });

  it('is looked up again when pushes may have been lost meanwhile', async () => {
    const { connect, feed, bus } = createTestGateway();
    feed.push('ann', 'seen');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.lookUps).toBe(1));
    bus.losing = true;
    feed.push('ann', 'lost');
    bus.losing = false;
    bus.interrupt();
    feed.push('ann', 'racing');
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['lost', 'racing', 'welcome']));
    expect(feed.lookUps).toBe(2);
  });

  it('holds no more pushes than it may: then it is looked up again', async () => {
    const { connect, feed } = createTestGateway({ RESUME_LIMIT: 5000 });
    const answers = gate();
    feed.answers = answers.opened;
    feed.push('ann', 'seen');
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.lookUps).toBe(1));
    const labels = Array.from({ length: 2500 }, (_, index) => String(index));
    feed.push('ann', ...labels);
    await settle();
    answers.open();
    await eventually(() => expect(tab.story).toEqual([...labels, 'welcome']));
    expect(feed.lookUps).toBe(2);
  });

  it('while the read models are away is closed with 3001 and without a word', async () => {
    const { connect, feed } = createTestGateway();
    feed.unavailable = true;
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(tab.code).toBe(3001));
    expect(tab.frames).toEqual([]);
  });
});
