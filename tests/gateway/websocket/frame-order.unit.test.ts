import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

const chat = (number: number) => `aaaaaaaa-0000-4000-8000-00000000000${number}`;
const message = (chatNumber: number, content: string) => ({
  action: 'new_message',
  data: { chat_id: chat(chatNumber), content, timestamp: '', id: undefined },
  request_id: content,
});
const like = (chatNumber: number) => ({
  action: 'like_message',
  data: { chat_id: chat(chatNumber), id: chat(9) },
});

const notification = (number: number) => ({
  action: 'read_notification',
  data: { id: chat(number) },
  request_id: `notification ${number}`,
});

const contents = (commands: readonly object[]) =>
  commands.map((command) => ('content' in command ? command.content : Reflect.get(command, 'type')));

describe('frames of one tab', () => {
  it('about one chat are carried out one after another, those about others meanwhile', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    for (const frame of [message(1, 'a'), message(1, 'b'), like(1), message(2, 'x'), message(2, 'y')])
      tab.ask(frame);
    tab.ask({ action: 'read_message', data: { id: chat(9) } });
    await settle();
    expect(contents(commands.commands)).toEqual(['a', 'x', 'read_message']);
    commands.accept(0);
    await eventually(() => expect(contents(commands.commands)).toEqual(['a', 'x', 'read_message', 'b']));
    commands.accept(3);
    commands.accept(1);
    await eventually(() =>
      expect(contents(commands.commands)).toEqual(['a', 'x', 'read_message', 'b', 'like_message', 'y']),
    );
    expect(tab.of('ack').map((frame) => frame.request_id)).toEqual(['a', 'b', 'x']);
  });

  it('do not overtake others about their chat when they read and name it', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    tab.ask(message(1, 'a'));
    tab.ask({ action: 'read_message', data: { id: chat(9), chat_id: chat(1) } });
    tab.ask(message(1, 'b'));
    await settle();
    expect(contents(commands.commands)).toEqual(['a']);
    commands.accept(0);
    await eventually(() => expect(contents(commands.commands)).toEqual(['a', 'read_message']));
    commands.accept(1);
    await eventually(() => expect(contents(commands.commands)).toEqual(['a', 'read_message', 'b']));
  });

  it('about notifications are carried out one after another, whatever becomes of each, and of chats meanwhile', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    for (const frame of [notification(1), notification(2), message(1, 'a'), notification(1)]) tab.ask(frame);
    await settle();
    expect(contents(commands.commands)).toEqual(['read_notification', 'a']);
    commands.asked[0]?.answer({ outcome: 'refused', code: 'notification_not_found' });
    await eventually(() => expect(commands.asked).toHaveLength(3));
    commands.accept(2);
    await eventually(() => expect(commands.asked).toHaveLength(4));
    commands.accept(3);
    await eventually(() =>
      expect(tab.frames.slice(1)).toMatchObject([
        { action: 'error', request_id: 'notification 1', data: { code: 'notification_not_found' } },
        { action: 'ack', request_id: 'notification 2', data: { position: '7' } },
        { action: 'ack', request_id: 'notification 1' },
      ]),
    );
    expect(commands.groups).toEqual([1, 1, 1, 1]);
  });

  it('bring along how long they have waited for their turn, since nobody waits longer than a deadline', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const tab = await open('ann');
    for (const frame of [message(1, 'a'), message(1, 'b')]) tab.ask(frame);
    const turnComesAfterMs = 30;
    await delay(turnComesAfterMs);
    commands.accept(0);
    await eventually(() => expect(commands.asked).toHaveLength(2));
    const [first = 0, second = 0] = commands.asked.map(({ waitedMs }) => waitedMs);
    expect(second - first).toBeGreaterThan(turnComesAfterMs / 2);
  });

  it('do not wait for those of another tab', async () => {
    const { open, commands } = createTestGateway();
    commands.answersAtOnce = false;
    const [tab, other] = [await open('ann'), await open('ann')];
    tab.ask(message(1, 'a'));
    other.ask(message(1, 'b'));
    expect(contents(commands.commands)).toEqual(['a', 'b']);
  });

  it('beyond the limit are refused at once, until others have been answered', async () => {
    const { open, commands } = createTestGateway({ PENDING_FRAMES_LIMIT: 3 });
    commands.answersAtOnce = false;
    const tab = await open('ann');
    for (const frame of [message(1, 'a'), message(1, 'b'), message(2, 'c'), message(1, 'd'), message(3, 'e')])
      tab.ask(frame);
    expect(tab.of('error').map((frame) => [frame.request_id, frame.data.code])).toEqual([
      ['d', 'unavailable'],
      ['e', 'unavailable'],
    ]);
    commands.accept(0);
    await settle();
    tab.ask(message(4, 'f'));
    expect(contents(commands.commands)).toEqual(['a', 'c', 'b', 'f']);
  });

  it('that come before the welcome wait for it', async () => {
    const { connect, commands, sessions, feed } = createTestGateway();
    const [authenticated, lookedUp] = [gate(), gate()];
    sessions.answers = authenticated.opened;
    feed.answers = lookedUp.opened;
    const tab = connect('ann');
    tab.ask(message(1, 'a'));
    await settle();
    authenticated.open();
    tab.ask(message(1, 'b'));
    await settle();
    expect(commands.asked).toHaveLength(0);
    lookedUp.open();
    await eventually(() => expect(tab.story).toEqual(['welcome', 'ack', 'ack']));
    expect(contents(commands.commands)).toEqual(['a', 'b']);
    expect(commands.asked[0]?.context.actor).toBe('Ann');
  });

  it('that come before the welcome are forgotten when there is none', async () => {
    const { connect, commands } = createTestGateway();
    const tab = connect('nobody');
    tab.ask(message(1, 'a'));
    await eventually(() => expect(tab.code).toBe(3002));
    expect(commands.asked).toHaveLength(0);
  });

  it('that wait are carried out when the client leaves, and forgotten when the server closes', async () => {
    const { open, commands, sessionChanged } = createTestGateway();
    commands.answersAtOnce = false;
    const [leaving, loggedOut] = [await open('ann'), await open('bob')];
    for (const content of ['a', 'b']) leaving.ask(message(1, content));
    for (const content of ['x', 'y']) loggedOut.ask(message(2, content));
    leaving.disconnect();
    sessionChanged({ change: 'logged_out', sessionId: 'bob' });
    await eventually(() => expect(loggedOut.code).toBe(3000));
    commands.accept(0);
    commands.accept(1);
    await settle();
    expect(contents(commands.commands)).toEqual(['a', 'x', 'b']);
    expect(leaving.story).toEqual(['welcome']);
    expect(loggedOut.story).toEqual(['welcome']);
    commands.accept(2);
  });
});
