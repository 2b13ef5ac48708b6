import { describe, expect, it } from 'vitest';
import { encodePushes, NO_LEADER } from '../../../protocol/pushes.ts';
import { PRESENCE, PUSH_EVERYONE, pushSubject } from '../../../protocol/subjects.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, gate, settle } from './test-gateway.ts';

describe('live pushes', () => {
  it('go to every tab of their user, whatever the case of the name, and to nobody else', async () => {
    const { open, feed } = createTestGateway();
    const [tab, phone, bob] = [await open('ann'), await open('ann-phone'), await open('bob')];
    feed.push('ANN', 'one', 'two');
    await eventually(() => expect(tab.story).toEqual(['welcome', 'one', 'two']));
    expect(phone.story).toEqual(['welcome', 'one', 'two']);
    expect(bob.story).toEqual(['welcome']);
  });

  it('go out as they were written, cursor and all', async () => {
    const { open, feed } = createTestGateway();
    const tab = await open('ann');
    feed.push('ann', 'one');
    await eventually(() =>
      expect(tab.frames[1]).toEqual({ action: 'new_message', label: 'one', cursor: '1.0.7' }),
    );
  });

  it('that come twice, or late, go out once and in order', async () => {
    const { open, feed } = createTestGateway();
    const tab = await open('ann');
    const [one, two, three] = ['1', '2', '3'].map((label) => feed.store('ann', label));
    if (!one || !two || !three) throw new Error('no pushes');
    feed.publish('ann', one, two);
    feed.publish('ann', one);
    feed.publish('ann', two, three);
    feed.publish('ann', one, two, three);
    await settle();
    expect(tab.story).toEqual(['welcome', '1', '2', '3']);
  });

  it('are subscribed to only while the user has a tab here', async () => {
    const { open, bus, feed } = createTestGateway();
    expect(bus.subjects).toEqual([]);
    const [tab, phone, bob] = [await open('ann'), await open('ann-phone'), await open('bob')];
    const ofAll = ['session.changed', pushSubject('ann'), PUSH_EVERYONE, PRESENCE, pushSubject('bob')];
    expect(bus.subjects).toEqual(ofAll);
    tab.disconnect();
    await settle();
    expect(bus.subjects).toEqual(ofAll);
    phone.disconnect();
    await eventually(() => expect(bus.subjects).not.toContain(pushSubject('ann')));
    expect(bus.subjects).toEqual(['session.changed', PUSH_EVERYONE, PRESENCE, pushSubject('bob')]);
    const back = await open('ann');
    feed.push('ann', 'one');
    await eventually(() => expect(back.story).toEqual(['welcome', 'one']));
    expect(tab.story).toEqual(['welcome']);
    back.disconnect();
    bob.disconnect();
    await eventually(() => expect(bus.subjects).toEqual(['session.changed']));
  });

  it('arrive once at a tab that follows another without a pause', async () => {
    const { connect, open, feed } = createTestGateway();
    (await open('ann')).disconnect();
    const back = connect('ann');
    feed.push('ann', 'early');
    await settle();
    feed.push('ann', 'one');
    await eventually(() => expect(back.story.at(-1)).toBe('one'));
    expect(new Set(back.story).size).toBe(back.story.length);
  });
});

describe('pushes to everyone', () => {
  it('go to every tab but those of the user who is left out, in one order with what is pushed to one', async () => {
    const { open, feed } = createTestGateway();
    const [ann, phone, bob] = [await open('ann'), await open('ann-phone'), await open('bob')];
    feed.push('ann', '1');
    feed.pushToEveryoneBut('Bob', '2');
    feed.pushToEveryoneBut('nobody', '3');
    feed.push('bob', '4');
    feed.pushToEveryoneBut('ANN', '5');
    feed.push('ann', '6');
    await settle();
    expect(ann.story).toEqual(['welcome', '1', '2', '3', '6']);
    expect(phone.story).toEqual(ann.story);
    expect(bob.story).toEqual(['welcome', '3', '4', '5']);
  });

  it('of one message go to each who is not left out', async () => {
    const { bus, open, feed } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    const pushes = [['ann'], ['bob'], ['cid', 'ann', 'bob'], []].map((everyoneBut) => ({
      ...feed.storeForEveryoneBut('', `but ${everyoneBut}`),
      everyoneBut,
    }));
    bus.publish(PUSH_EVERYONE, encodePushes(1n, pushes));
    await settle();
    expect(ann.story).toEqual(['welcome', 'but bob', 'but ']);
    expect(bob.story).toEqual(['welcome', 'but ann', 'but ']);
  });

  it('are replayed and held as others are', async () => {
    const { connect, feed } = createTestGateway();
    feed.push('ann', 'seen');
    feed.pushToEveryoneBut('bob', 'missed');
    feed.pushToEveryoneBut('ann', 'not for ann');
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann', { query: 'cursor=1.0.7' });
    await eventually(() => expect(feed.lookUps).toBe(1));
    feed.pushToEveryoneBut('ann', 'not for ann either');
    feed.pushToEveryoneBut('bob', 'held');
    feed.push('ann', 'held too');
    await settle();
    answers.open();
    await eventually(() => expect(tab.story).toEqual(['missed', 'welcome', 'held', 'held too']));
  });

  it('leave a hole in everybody, where they cannot be read', async () => {
    const { bus, open, feed } = createTestGateway();
    const [ann, bob] = [await open('ann'), await open('bob')];
    feed.storeForEveryoneBut('cid', 'of another version');
    bus.publish(PUSH_EVERYONE, 'another version');
    const story = ['welcome', 'of another version'];
    await eventually(() => expect([ann.story, bob.story]).toEqual([story, story]));
  });

  it('reach a tab that comes after the subscription to them has failed once', async () => {
    const { bus, connect, open, feed } = createTestGateway();
    bus.broken = true;
    const tab = connect('ann');
    await eventually(() => expect(tab.code).toBe(3001));
    bus.broken = false;
    const back = await open('ann');
    feed.pushToEveryoneBut('bob', 'one');
    await eventually(() => expect(back.story).toEqual(['welcome', 'one']));
  });
});

describe('ephemeral pushes', () => {
  const typing = (label: string) => ({ cursor: null, text: JSON.stringify({ action: 'typing', label }) });

  it('go out in their place, at once or with what was held, and no other time', async () => {
    const { bus, open, connect, feed } = createTestGateway();
    const tab = await open('ann');
    const one = feed.store('ann', 'one');
    const answers = gate();
    feed.answers = answers.opened;
    const joining = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(2));
    const message = encodePushes(1n, [one, typing('typing'), feed.store('ann', 'two')]);
    bus.publish(pushSubject('ann'), message);
    bus.publish(PUSH_EVERYONE, encodePushes(1n, [{ ...typing('for others'), everyoneBut: ['ann'] }]));
    bus.publish(PUSH_EVERYONE, encodePushes(1n, [{ ...typing('online'), everyoneBut: ['bob'] }]));
    await settle();
    expect(tab.story).toEqual(['welcome', 'one', 'typing', 'two', 'online']);
    answers.open();
    await eventually(() => expect(joining.story).toEqual(['welcome', 'typing', 'two', 'online']));
    bus.publish(pushSubject('ann'), message);
    await settle();
    expect(tab.story.slice(5)).toEqual(['typing']);
    expect(joining.story.slice(4)).toEqual(['typing']);
  });

  it('are no matter of epochs: neither are they outdated, nor do they outdate anything', async () => {
    const { bus, open, feed } = createTestGateway();
    feed.epoch = 5n;
    feed.epochOfRows = 5n;
    await feed.resign();
    feed.lead();
    const tab = await open('ann');
    for (const [epoch, label] of [
      [NO_LEADER, 'of a gateway'],
      [4n, 'of a former leader'],
      [6n, 'of a new one'],
    ] as const)
      bus.publish(pushSubject('ann'), encodePushes(epoch, [typing(label)]));
    feed.push('ann', 'one');
    bus.publish(pushSubject('ann'), encodePushes(4n, [feed.store('ann', 'outdated'), typing('with it')]));
    const story = ['welcome', 'of a gateway', 'of a former leader', 'of a new one', 'one', 'with it'];
    await eventually(() => expect(tab.story).toEqual(story));
  });

  it('that come while a hole is being filled follow what was lost, in their order', async () => {
    const { bus, open, feed } = createTestGateway();
    const tab = await open('ann');
    const answers = gate();
    feed.answers = answers.opened;
    bus.losing = true;
    feed.push('ann', 'lost');
    bus.losing = false;
    bus.interrupt();
    const hole = { cursor: feed.store('ann', 'not carried').cursor, text: null };
    bus.publish(pushSubject('ann'), encodePushes(1n, [typing('1'), hole, typing('2')]));
    bus.interrupt();
    bus.publish(pushSubject('ann'), encodePushes(NO_LEADER, [typing('3')]));
    answers.open();
    const story = ['welcome', 'lost', 'not carried', '1', '2', '3'];
    await eventually(() => expect(tab.story).toEqual(story));
  });

  it('make no look-up start again, however many they are: a hundred are kept', async () => {
    const { bus, connect, feed } = createTestGateway();
    const answers = gate();
    feed.answers = answers.opened;
    const tab = connect('ann');
    await eventually(() => expect(feed.lookUps).toBe(1));
    for (let sent = 0; sent < 5000; sent += 1)
      bus.publish(pushSubject('ann'), encodePushes(1n, [typing(`typing ${sent}`)]));
    feed.push('ann', 'one');
    await settle();
    answers.open();
    await eventually(() => expect(tab.story.at(-1)).toBe('one'));
    expect(tab.story).toHaveLength(1 + 100 + 1);
    expect(tab.story.slice(0, 3)).toEqual(['welcome', 'typing 0', 'typing 1']);
    expect(feed.lookUps).toBe(1);
  });
});
