import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { messageDecider } from '../../domain/message.ts';
import { inboxDecider, notificationDecider } from '../../domain/notification.ts';
import { evolvePlayer, NOT_ENGAGED } from '../../domain/player.ts';
import { evolvePresence, NEVER_THERE } from '../../domain/presence.ts';
import { readingDecider } from '../../domain/reading.ts';
import { relationshipDecider } from '../../domain/relationship.ts';
import { tournamentDecider } from '../../domain/tournament.ts';
import { userDecider } from '../../domain/user.ts';
import { eventSchemas } from './event-schemas.ts';

/** One file per event type and version that ever stood in a log, `<Type>.v<version>.json`. They stay forever. */
const FIXTURES = new URL('./fixtures/', import.meta.url);
const FILE_NAME = /^(\w+)\.v\d+\.json$/;

const isEventType = (name: string | undefined): name is DomainEvent['type'] =>
  name !== undefined && Object.hasOwn(eventSchemas, name);

function fixture(file: string): DomainEvent {
  const type = FILE_NAME.exec(file)?.[1];
  if (!isEventType(type)) throw new Error(`${file} is not named after an event type and its version`);
  return eventSchemas[type].parse(JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')));
}

const sent = fixture('MessageSent.v1.json');

/** The state that the event leads to, in the aggregate that it belongs to. */
function evolved(event: DomainEvent): unknown {
  switch (event.type) {
    case 'UserRegistered':
    case 'ProfileUpdated':
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

describe('events of former versions', () => {
  const files = readdirSync(FIXTURES);

  it.each(Object.keys(eventSchemas))('%s has a fixture of its first version', (type) => {
    expect(files).toContain(`${type}.v1.json`);
  });

  it.each(files)('%s still evolves, to the same state', (file) => {
    expect(evolved(fixture(file))).toMatchSnapshot();
  });
});
