import { describe, expect, it } from 'vitest';
import { pushSubject } from '../../../protocol/subjects.ts';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, settle } from './test-gateway.ts';

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
    const [tab, phone] = [await open('ann'), await open('ann-phone')];
    expect(bus.subjects).toEqual(['session.changed', pushSubject('ann')]);
    tab.disconnect();
    await settle();
    expect(bus.subjects).toEqual(['session.changed', pushSubject('ann')]);
    phone.disconnect();
    await eventually(() => expect(bus.subjects).toEqual(['session.changed']));
    const back = await open('ann');
    feed.push('ann', 'one');
    await eventually(() => expect(back.story).toEqual(['welcome', 'one']));
    expect(tab.story).toEqual(['welcome']);
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
