import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PresenceEvent } from '../../../domain/presence.ts';
import { RequestTimeout } from '../../../platform/message-bus/message-bus.ts';
import { eventually } from '../../support/patience.ts';
import { openPresenceOnLog, signedIn } from './presence-on-log.ts';

/** Numbers from 0 to 1, the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const USERS = ['Ann', 'Bob', 'Cid'];

describe.each([1, 2, 3, 4])(
  'with requests that get lost, or arrive when nobody waits any more (%i)',
  (seed) => {
    it('each session is opened once and dropped once, and those that count in the end are those of open tabs', async () => {
      const { bus, openGateway, eventsOf, sessionsOf } = await openPresenceOnLog();
      const gateway = await openGateway();
      const chance = chances(seed);
      const late: Promise<unknown>[] = [];
      const request = bus.request.bind(bus);
      let isTroubled = true;
      bus.request = async (...asked) => {
        const luck = isTroubled ? chance() : 1;
        const lost = () => new RequestTimeout('nobody knows what became of it');
        if (luck < 0.2) throw lost();
        if (luck < 0.4) return Promise.reject(await request(...asked).then(lost));
        if (luck < 0.6) {
          late.push(pause(chance() * 400).then(() => request(...asked)));
          throw lost();
        }
        return request(...asked);
      };

      const open = new Map<object, string>();
      for (let step = 0; step < 120; step += 1) {
        const username = USERS[Math.floor(chance() * USERS.length)] ?? '';
        const [tab] = [...open].find(([, user]) => user === username) ?? [];
        if (tab && chance() < 0.5) {
          open.delete(tab);
          gateway.leave(tab, chance() < 0.5 ? 'client' : 'NORMAL');
        } else {
          const newTab = {};
          open.set(newTab, username);
          gateway.join(newTab, signedIn(username));
        }
        if (chance() < 0.5) await pause(chance() * 30);
      }
      isTroubled = false;
      await eventually(async () => expect(await gateway.metric('untold_changes')).toBe(0));
      await Promise.allSettled(late);

      for (const username of USERS) {
        const expected = [...open.values()].filter((user) => user === username).length;
        expect(await sessionsOf(username)).toHaveLength(expected);
        const events = await eventsOf(username);
        const of = (type: PresenceEvent['type']) =>
          events.flatMap(({ type: is, data }) => (is === type && 'sessionId' in data ? data.sessionId : []));
        const [opened, dropped] = [of('SessionOpened'), of('SessionDropped')];
        expect(new Set(opened).size).toBe(opened.length);
        expect(new Set(dropped).size).toBe(dropped.length);
        expect(opened.length - dropped.length).toBe(expected);
      }
    });
  },
);
