import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { PageRequest } from '../../protocol/http-resources.ts';
import { type EventFrame, eventFrame } from '../../protocol/server-frames.ts';
import { anyNotificationStory } from '../projection-service/any-story.ts';
import { openReadSides, type ReadSide, type ReadSides } from '../projection-service/read-side.ts';
import { NotificationClient, notedOf } from '../support/notification-client.ts';
import { NotificationModel } from './notification-model.ts';

const WHOLE: PageRequest = { limit: 100, offset: 0 };

/** How many milliseconds the clocks of those are off that append one after the other; events are a second apart. */
const clocks = fc.array(fc.integer({ min: -4000, max: 4000 }), { minLength: 1, maxLength: 7 });

describe('notifications, in any history and by any clocks', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterAll(() => sides.close());

  it('are listed, filtered and counted as the rules have it, and as a client has it that goes by frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyNotificationStory,
        clocks,
        fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 8 }),
        async (story, offsets, sizes) => {
          const events = story.events.map((event, index) => at(event, offsets[index % offsets.length] ?? 0));
          const side = await sides.open();
          const model = new NotificationModel();
          const clients: { user: string; since: bigint; client: NotificationClient }[] = [];
          for (const batch of cut(events, sizes)) {
            await side.project(batch);
            for (const event of batch) model.take(event);
            for (const user of model.users) {
              await expectAsModelled(side, model, user);
              const client = new NotificationClient(model.listOf(user, 'all'));
              clients.push({ user, since: batch.at(-1)?.position ?? -1n, client });
            }
          }
          for (const { user, since, client } of clients) {
            for (const frame of await framesAfter(side, user, since)) client.receive(frame);
            expect(client.list).toEqual(model.listOf(user, 'all'));
          }
          await side.close();
        },
      ),
      { numRuns: 20 },
    );
  });
});

const at = (recorded: RecordedEvent, offsetMs: number): RecordedEvent => {
  const date = new Date(Date.parse(recorded.event.data.date) + offsetMs).toISOString();
  const { event } = structuredClone(recorded);
  Object.assign(event.data, { date });
  return { ...recorded, event };
};

function cut(events: readonly RecordedEvent[], sizes: readonly number[]): RecordedEvent[][] {
  const left = [...events];
  return [...sizes, left.length].map((size) => left.splice(0, size)).filter((batch) => batch.length > 0);
}

async function expectAsModelled(side: ReadSide, model: NotificationModel, user: string): Promise<void> {
  for (const filter of ['all', 'unread', 'read'] as const) {
    const expected = model.listOf(user, filter);
    const { answer } = await side.models.notifications(user, filter, WHOLE);
    expect(answer.items.map(notedOf)).toEqual(expected);
    expect(answer).toMatchObject({ count: expected.length, next: null });
  }
  const { answer: self } = await side.models.self(user);
  expect(self?.unread_notifications_count).toBe(model.listOf(user, 'unread').length);
}

async function framesAfter(side: ReadSide, user: string, position: bigint): Promise<EventFrame[]> {
  const rows = await side.rows(
    `select text from feed where position > ${position}
      and (audience = '${user}' or audience = '*' and '${user}' <> all(except_keys)) order by position, ordinal`,
  );
  return rows.map(({ text }) => eventFrame.parse(JSON.parse(String(text))));
}
