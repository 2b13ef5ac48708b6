import { describe, expect, it } from 'vitest';
import { upcast } from '../../platform/event-store/event-versions.ts';
import { OpenRooms } from '../../projection-service/open-rooms.ts';
import { poisonReason } from '../../projection-service/project-carefully.ts';
import { UnprojectableEvent } from '../../read-models/room.ts';
import { TEST_LOG } from './scripted-log.ts';
import { Story } from './story.ts';

describe('what makes an event poison', () => {
  it.each([new TypeError('fetch failed'), new RangeError('offset'), new SyntaxError('JSON'), new Error('x')])(
    'is no failure of input or output: %s',
    (error) => expect(poisonReason(error)).toBeNull(),
  );

  it('is whatever folding it throws, said without its values', () => {
    const [event] = new Story().signsUp('Ann').events;
    if (!event) throw new Error('an empty story');
    const broken = { ...event, event: JSON.parse('{"type":"UserRegistered","data":{"avatar":"SECRET"}}') };
    const fold = () => new OpenRooms().fold([broken], TEST_LOG);
    expect(fold).toThrow(UnprojectableEvent);
    expect(reasonOf(fold)).toMatch(/^TypeError at usernameKey \(protocol\/scalars\.ts:\d+\)$/);
  });

  it('is none that a later version has written: it is passed over, and counted', () => {
    const [event] = new Story().signsUp('Ann').events;
    if (!event) throw new Error('an empty story');
    const unknown = { ...event, event: JSON.parse('{"type":"FromALaterVersion","data":{}}') };
    const newer = upcast({ ...event, metadata: { ...event.metadata, schemaVersion: '99' } });
    const rooms = new OpenRooms();
    expect(rooms.fold([unknown, newer], TEST_LOG)).toEqual({ frames: [], states: [] });
    expect([rooms.takeWrites(), rooms.takePassedOver(), rooms.takePassedOver()]).toEqual([[], 2, 0]);
  });
});

function reasonOf(fold: () => unknown): string | null {
  try {
    fold();
    return null;
  } catch (error) {
    return poisonReason(error);
  }
}
