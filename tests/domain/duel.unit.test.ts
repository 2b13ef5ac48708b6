import { describe, expect, it } from 'vitest';
import { acceptInvitation, finishGame, releaseSeat, reserveSeat } from '../../domain/duel.ts';
import {
  evolvePlayer,
  isPlaying,
  isSeated,
  NOT_ENGAGED,
  type Player,
  type PlayerEvent,
} from '../../domain/player.ts';
import { specification } from '../support/decider-specification.ts';
import {
  accepted,
  at,
  cancelled,
  DUEL,
  declined,
  expired,
  finished,
  released,
  reserved,
  sent,
  step,
} from './duel-events.ts';

describe('reserving a seat', () => {
  const given = specification(reserveSeat);
  const reserving = () => ({ ...step(), expiresAt: at(60) });

  it('stores for which game, and keeps what the invitee has sent', () => {
    given()
      .when(reserving())
      .thenEvents(reserved({ date: at(5) }));
    const sending = { since: at(2), count: 3 };
    given(declined({ inviter: 'Bob', invitee: 'Cleo', sending }))
      .when(reserving())
      .thenEvents(reserved({ date: at(5), sending }));
  });

  it('again changes nothing', () => {
    given(reserved()).when(reserving()).thenNothing();
  });

  it('is refused from when the invitation expires, unless it was reserved before', () => {
    const late = { ...reserving(), date: at(60) };
    given().when(late).thenRefused('invitation_expired');
    given(sent({ inviter: 'Bob', invitee: 'Cleo', invitationId: 'own' }))
      .when(late)
      .thenRefused('invitation_expired');
    given(reserved()).when(late).thenNothing();
  });

  it('is refused to who is engaged otherwise', () => {
    const own = { inviter: 'Bob', invitee: 'Cleo', invitationId: 'own' };
    given(sent(own)).when(reserving()).thenRefused('invitation_pending');
    given(sent(own), accepted(own)).when(reserving()).thenRefused('in_game');
    given(reserved({ invitationId: 'other', inviter: 'Cleo' }))
      .when(reserving())
      .thenRefused('in_game');
  });
});

describe('accepting an invitation', () => {
  const given = specification(acceptInvitation);
  const context = { isBlocked: false, gameLimitMs: 595_000 };

  it('stores the game, and until when it may last', () => {
    given(sent())
      .when(step(), context)
      .thenEvents(accepted({ date: at(5) }));
  });

  it('also after its time, as long as nobody has ended it', () => {
    given(sent())
      .when(step({ date: at(70) }), { ...context, gameLimitMs: 530_000 })
      .thenEvents(accepted({ date: at(70) }));
  });

  it('again changes nothing, whatever stands between the two by now', () => {
    given(sent(), accepted())
      .when(step(), { ...context, isBlocked: true })
      .thenNothing();
  });

  it.each<[string, PlayerEvent[]]>([
    ['there is none', []],
    ['it was declined', [sent(), declined()]],
    ['it was cancelled', [sent(), cancelled('inviter')]],
    ['its game is over', [sent(), accepted(), finished('Ann')]],
    ['another is pending for the same user', [sent(), declined(), sent({ invitationId: 'second' })]],
  ])('is refused when %s', (_, events) => {
    given(...events)
      .when(step(), { ...context, isBlocked: true })
      .thenRefused('invitation_not_found');
  });

  it('is refused as expired when it has', () => {
    given(sent(), expired()).when(step(), context).thenRefused('invitation_expired');
  });

  it('is refused while one of the two blocks the other', () => {
    given(sent())
      .when(step(), { ...context, isBlocked: true })
      .thenRefused('not_invitable');
  });
});

describe('releasing a seat', () => {
  const given = specification(releaseSeat);

  it('frees the invitee', () => {
    given(reserved())
      .when(step())
      .thenEvents(released({ date: at(5) }));
  });

  it('that there is not, or that is another’s, changes nothing', () => {
    for (const events of [
      [],
      [reserved(), released()],
      [reserved(), finished('Bob')],
      [reserved({ invitationId: 'other' })],
      [sent()],
    ])
      given(...events)
        .when(step())
        .thenNothing();
  });
});

describe('finishing a game', () => {
  const given = specification(finishGame);
  const finish = (player: string, reason: 'reported' | 'expired') => ({ ...step(), player, reason });

  it('frees each player, and says why', () => {
    const date = at(5);
    given(sent(), accepted())
      .when(finish('Ann', 'reported'))
      .thenEvents(finished('Ann', 'reported', { date }));
    given(reserved())
      .when(finish('Bob', 'expired'))
      .thenEvents(finished('Bob', 'expired', { date, sending: null }));
  });

  it('that is over, or another one, changes nothing', () => {
    for (const events of [
      [],
      [sent(), accepted(), finished('Ann')],
      [sent(), accepted(), finished('Ann'), sent({ invitationId: 'second' })],
      [sent({ invitationId: 'second' }), accepted({ invitationId: 'second' })],
      [sent()],
    ])
      given(...events)
        .when(finish('Ann', 'reported'))
        .thenNothing();
  });
});

it('a seat and a game are those of one invitation', () => {
  const after = (...events: readonly PlayerEvent[]) => events.reduce<Player>(evolvePlayer, NOT_ENGAGED);
  const [host, guest, other] = [after(sent(), accepted()), after(reserved()), { invitationId: 'second' }];
  expect([isPlaying(host, DUEL), isPlaying(guest, DUEL), isPlaying(host, other)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isSeated(guest, DUEL), isSeated(host, DUEL), isSeated(guest, other)]).toEqual([true, false, false]);
});
