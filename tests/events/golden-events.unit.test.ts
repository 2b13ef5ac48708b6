import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DomainEvent, STREAM_CATEGORIES } from '../../domain/domain-event.ts';
import { messageDecider } from '../../domain/message.ts';
import { inboxDecider, notificationDecider } from '../../domain/notification.ts';
import { evolvePlayer, NOT_ENGAGED } from '../../domain/player.ts';
import { evolvePresence, NEVER_THERE } from '../../domain/presence.ts';
import { readingDecider } from '../../domain/reading.ts';
import { relationshipDecider } from '../../domain/relationship.ts';
import { tournamentDecider } from '../../domain/tournament.ts';
import { userDecider } from '../../domain/user.ts';
import { newestVersionOf, upcast } from '../../platform/event-store/event-versions.ts';
import { ownerOf } from '../../platform/sealing/personal-data.ts';
import { openEvent } from '../../platform/sealing/sealed-event.ts';
import { eventSchemas } from './event-schemas.ts';

/**
 * One file per event type and version that ever stood in a log, `<Type>.v<version>.json`, as a log has it. They stay forever, and
 * unchanged: `SHA256SUMS` has their digests, so that a change to a written version shows as one.
 */
const GOLDEN = new URL('./golden/', import.meta.url);
const FILE_NAME = /^(\w+)\.v(\d+)\.json$/;

/** With which the sealed ones are sealed. */
const KEY = Buffer.alloc(32, 7);

const isEventType = (name: string | undefined): name is DomainEvent['type'] =>
  name !== undefined && Object.hasOwn(eventSchemas, name);

const textOf = (file: string): string => readFileSync(new URL(file, GOLDEN), 'utf8');

/** As every reader of the log gets it, whichever version it is. Held against today's description of what the domain knows. */
function golden(file: string): DomainEvent {
  const [, type, version] = FILE_NAME.exec(file) ?? [];
  if (!isEventType(type)) throw new Error(`${file} is not named after an event type and its version`);
  const { id, type: stored, data, metadata } = JSON.parse(textOf(file));
  expect([stored, metadata.schemaVersion], file).toEqual([type, version]);
  const recorded = {
    id,
    event: { type: stored, data },
    metadata,
    position: 7n,
    stream: 'golden-1',
    revision: 0,
  };
  const newest = upcast(recorded);
  return eventSchemas[type].parse(ownerOf(newest.event) === null ? newest.event : openEvent(newest, KEY));
}

const sent = golden('MessageSent.v1.json');

/** The state that the event leads to, in the aggregate that it belongs to. */
function evolved(event: DomainEvent): unknown {
  switch (event.type) {
    case 'UserRegistered':
    case 'ProfileUpdated':
    case 'UserErased':
    case 'ErasureCompleted':
      return userDecider.evolve(userDecider.initial, event);
    case 'ChatStarted':
    case 'FriendAdded':
    case 'FriendRemoved':
    case 'UserBlocked':
    case 'UserUnblocked':
      return relationshipDecider.evolve(relationshipDecider.initial, event);
    case 'MessageSent':
      return messageDecider.evolve(messageDecider.initial, event);
    case 'MessageLiked':
    case 'MessageUnliked': {
      const message = sent.type === 'MessageSent' ? messageDecider.evolve(null, sent) : null;
      return messageDecider.evolve(message, event);
    }
    case 'MessagesRead':
      return readingDecider.evolve(readingDecider.initial, event);
    case 'NotificationRead':
      return notificationDecider.evolve(notificationDecider.initial, event);
    case 'AllNotificationsRead':
      return inboxDecider.evolve(inboxDecider.initial, event);
    case 'InviteSent':
    case 'InviteAccepted':
    case 'InviteDeclined':
    case 'InviteCancelled':
    case 'InviteExpired':
    case 'SeatReserved':
    case 'SeatReleased':
    case 'GameFinished':
      return evolvePlayer(NOT_ENGAGED, event);
    case 'SessionOpened':
    case 'SessionDropped':
    case 'UserCameOnline':
    case 'UserWentOffline':
      return evolvePresence(NEVER_THERE, event);
    case 'TournamentCreated':
    case 'TournamentClosed':
      return tournamentDecider.evolve(tournamentDecider.initial, event);
    default:
      return event satisfies never;
  }
}

describe('events of every version that was ever written', () => {
  const files = readdirSync(GOLDEN)
    .filter((file) => FILE_NAME.test(file))
    .sort();

  it.each(Object.keys(STREAM_CATEGORIES))('%s has a fixture for each of its versions', (type) => {
    const versions = Array.from(
      { length: newestVersionOf(type) },
      (_, index) => `${type}.v${index + 1}.json`,
    );
    expect(files).toEqual(expect.arrayContaining(versions));
  });

  it('stay as they were written', () => {
    const sums = files.map((file) => `${createHash('sha256').update(textOf(file)).digest('hex')}  ${file}\n`);
    expect(sums.join('')).toBe(textOf('SHA256SUMS'));
  });

  it.each(files)('%s still evolves, to the same state', (file) => {
    expect(evolved(golden(file))).toMatchSnapshot();
  });
});
