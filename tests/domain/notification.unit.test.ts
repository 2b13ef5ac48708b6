import { describe, expect, it } from 'vitest';
import {
  type AllNotificationsRead,
  type Cause,
  inboxDecider,
  type MarkAllAsRead,
  type NotificationRead,
  notificationDecider,
  type ReadNotification,
} from '../../domain/notification.ts';
import { specification } from '../support/decider-specification.ts';
import { sent } from './duel-events.ts';

const date = '2026-01-02T03:04:05.678Z';

describe('reading a notification', () => {
  const given = specification(notificationDecider);
  const read: ReadNotification = { type: 'read_notification', actor: 'Bob', notificationId: 'id', date };
  const hasRead = (reader = 'Bob'): NotificationRead => ({
    type: 'NotificationRead',
    data: { notificationId: 'id', causePosition: '9007199254740993', reader, date },
  });

  const added: Cause = {
    type: 'FriendAdded',
    data: { adder: 'Ann', friend: 'Bob', isNews: true, date },
    position: 9007199254740993n,
  };
  const settings = {
    score_to_win: 5,
    game_speed: 'medium',
    ranked: false,
    time_limit: 3,
    cool_mode: false,
  } as const;
  const announced = (asker = { wasSignedUp: true, blockedCreator: false }): Cause => ({
    type: 'TournamentCreated',
    data: {
      tournamentId: 'tournament',
      name: 'Spring cup',
      requiredParticipants: 8,
      alias: 'annie',
      settings,
      creator: 'Ann',
      date,
    },
    position: 9007199254740993n,
    asker,
  });

  it('of a new friend, by the one who was added', () => {
    given().when(read, added).thenEvents(hasRead());
    given()
      .when({ ...read, actor: 'bOB' }, added)
      .thenEvents(hasRead('bOB'));
  });

  it('of a tournament, by anybody but its creator', () => {
    for (const actor of ['Bob', 'Cleo'])
      given()
        .when({ ...read, actor }, announced())
        .thenEvents(hasRead(actor));
  });

  const invited: Cause = { ...sent(), position: 9007199254740993n };

  it('of an invitation, by its invitee', () => {
    given().when(read, invited).thenEvents(hasRead());
  });

  it('again changes nothing', () => {
    given(hasRead()).when(read, added).thenNothing();
    given(hasRead()).when(read, announced()).thenNothing();
  });

  const nobodysNews: Cause = { ...added, data: { adder: 'Ann', friend: 'Bob', isNews: false, date } };

  it.each<[string, string, Cause | null]>([
    ['that there is none', 'Bob', null],
    ['another was added', 'Cleo', added],
    ['the reader is who added', 'Ann', added],
    ['another was invited', 'Cleo', invited],
    ['the reader is who invited', 'Ann', invited],
    ['the friend had been told that day', 'Bob', nobodysNews],
    ['the tournament is the reader’s own', 'aNN', announced()],
    [
      'it was announced before the reader signed up',
      'Bob',
      announced({ wasSignedUp: false, blockedCreator: false }),
    ],
    ['the reader blocked the creator then', 'Bob', announced({ wasSignedUp: true, blockedCreator: true })],
  ])('is refused when %s', (_, actor, cause) => {
    given()
      .when({ ...read, actor }, cause)
      .thenRefused('notification_not_found');
  });
});

describe('marking all as read', () => {
  const given = specification(inboxDecider);
  const mark = (upTo: string): MarkAllAsRead => ({ type: 'mark_all_as_read', actor: 'Bob', upTo, date });
  const marked = (upTo: string): AllNotificationsRead => ({
    type: 'AllNotificationsRead',
    data: { reader: 'Bob', upTo, date },
  });

  it('marks up to the place that is named, beyond what a number can count', () => {
    given().when(mark('0'), undefined).thenEvents(marked('0'));
    given(marked('9007199254740992'))
      .when(mark('9007199254740993'), undefined)
      .thenEvents(marked('9007199254740993'));
  });

  it('up to what is marked already, or less far, changes nothing', () => {
    given(marked('10')).when(mark('10'), undefined).thenNothing();
    given(marked('10')).when(mark('9'), undefined).thenNothing();
  });

  it('up to what is no place changes nothing', () => {
    for (const upTo of ['', '-1', 'ten']) given(marked('1')).when(mark(upTo), undefined).thenNothing();
  });

  it('an event that is behind, or without a place, takes nothing back', () => {
    for (const upTo of ['7', '06', '-8', '', 'eight'])
      expect([marked('7'), marked(upTo)].reduce(inboxDecider.evolve, inboxDecider.initial)).toBe(7n);
  });
});
