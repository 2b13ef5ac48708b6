import { describe, expect, it } from 'vitest';
import {
  evolvePlayer,
  NOT_ENGAGED,
  type PlayerEvent,
  pendingInvitation,
  whyEngaged,
  whyNotInvited,
} from '../../domain/player.ts';
import {
  accepted,
  at,
  cancelled,
  declined,
  expired,
  finished,
  OPTIONS,
  released,
  reserved,
  sent,
} from './duel-events.ts';

const playerAfter = (...events: readonly PlayerEvent[]) => events.reduce(evolvePlayer, NOT_ENGAGED);
const parties = { invitationId: 'first', inviter: 'Ann', invitee: 'Bob' };

describe('a player is engaged', () => {
  it.each<[string, PlayerEvent[], string, unknown]>([
    [
      'by an invitation that is pending',
      [sent()],
      'invitation_pending',
      { by: 'invitation', ...parties, clientId: 'tab', options: OPTIONS, expiresAt: at(60) },
    ],
    [
      'as the inviter, by a game',
      [sent(), accepted()],
      'in_game',
      { by: 'game', ...parties, gameId: 'game', endsAt: at(600) },
    ],
    ['as the invitee, by a seat', [reserved()], 'in_game', { by: 'seat', ...parties, gameId: 'game' }],
  ])('%s', (_, events, why, engagement) => {
    const player = playerAfter(...events);
    expect(player.engagement).toEqual(engagement);
    expect(whyEngaged(player)).toBe(why);
  });

  it.each<[string, PlayerEvent[]]>([
    ['at first', []],
    ['when the invitation is declined', [sent(), declined()]],
    ['when the inviter cancels it', [sent(), cancelled('inviter')]],
    ['when a block ends it', [sent(), cancelled('block')]],
    ['when the inviter has gone', [sent(), cancelled('gone')]],
    ['when it has expired', [sent(), expired()]],
    ['when the seat is released', [reserved(), released()]],
    ['when the inviter’s game is over', [sent(), accepted(), finished('Ann')]],
    ['when the invitee’s game is over', [reserved(), finished('Bob', 'expired')]],
  ])('no more, or not yet, %s', (_, events) => {
    const player = playerAfter(...events);
    expect([player.engagement, whyEngaged(player), pendingInvitation(player)]).toEqual([null, null, null]);
  });
});

it('only an own invitation is pending, and neither a game nor a seat', () => {
  expect(pendingInvitation(playerAfter(sent()))).toMatchObject(parties);
  expect(pendingInvitation(playerAfter(sent(), accepted()))).toBeNull();
  expect(pendingInvitation(playerAfter(reserved()))).toBeNull();
});

it('how many invitations a player has sent is said by the last event, whatever it is', () => {
  const sending = { since: at(1), count: 7 };
  const all = [sent, accepted, declined, expired, reserved, released].map((event) => event({ sending }));
  for (const event of [...all, cancelled('block', { sending }), finished('Ann', 'reported', { sending })])
    expect(playerAfter(sent(), event).sending).toEqual(sending);
});

describe('that an invitation has expired', () => {
  it('is known of each invitee, by any case of the name, also after others', () => {
    const player = playerAfter(sent(), expired(), sent({ invitee: 'Cleo' }), declined({ invitee: 'Cleo' }));
    expect(whyNotInvited(player, 'bOB')).toBe('invitation_expired');
    expect(whyNotInvited(player, 'Cleo')).toBe('invitation_not_found');
  });

  it('is forgotten with the next one to the same user, however that ends', () => {
    for (const end of [declined, accepted])
      expect(whyNotInvited(playerAfter(sent(), expired(), sent({ invitee: 'BOB' }), end()), 'Bob')).toBe(
        'invitation_not_found',
      );
    expect(whyNotInvited(playerAfter(sent(), expired(), sent(), expired()), 'Bob')).toBe(
      'invitation_expired',
    );
  });
});
