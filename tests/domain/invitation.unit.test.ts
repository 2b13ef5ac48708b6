import { describe, it } from 'vitest';
import {
  type EndInvitation,
  endInvitation,
  type Invited,
  type SendInvitation,
  sendInvitation,
} from '../../domain/duel.ts';
import { specification } from '../support/decider-specification.ts';
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

describe('sending an invitation', () => {
  const given = specification(sendInvitation);
  const limits = { invitationTtlMs: 60_000, invitations: 3, windowMs: 10_000 };
  const invited = (change: Partial<Invited> = {}): Invited => ({
    invitee: { username: 'Bob' },
    isBlocked: false,
    limits,
    ...change,
  });
  const invite = (change: Partial<SendInvitation> = {}): SendInvitation => ({
    actor: 'Ann',
    invitee: 'Bob',
    invitationId: 'first',
    clientId: 'tab',
    options: OPTIONS,
    date: at(0),
    ...change,
  });

  it('stores all that it is about, and until when it is pending', () => {
    given().when(invite(), invited()).thenEvents(sent());
  });

  it('names the invitee as registered, whatever case was typed', () => {
    given()
      .when(invite({ invitee: 'bOB' }), invited())
      .thenEvents(sent());
  });

  it('is possible again once the one before has ended, or the game, or the seat is free', () => {
    const next = (count: number) => sent({ invitationId: 'next', sending: { since: at(0), count } });
    const again = invite({ invitationId: 'next' });
    for (const end of [declined(), cancelled('inviter'), cancelled('block'), expired()])
      given(sent(), end).when(again, invited()).thenEvents(next(2));
    given(sent(), accepted(), finished('Ann')).when(again, invited()).thenEvents(next(2));
    given(reserved(), released()).when(again, invited()).thenEvents(next(1));
  });

  describe('is refused, for the first of these reasons:', () => {
    const isBlocked = true;
    const tooMany = declined({ sending: { since: at(0), count: 3 } });
    const pending = sent({ sending: { since: at(0), count: 3 } });

    it('to oneself, in any case, also to who plays', () => {
      for (const invitee of ['Ann', 'aNN'])
        given(pending)
          .when(invite({ invitee }), invited({ invitee: null, isBlocked }))
          .thenRefused('self_invite');
    });
    it('to nobody', () => {
      given(pending)
        .when(invite(), invited({ invitee: null, isBlocked }))
        .thenRefused('user_not_found');
    });
    it('while one is pending, to whomever', () => {
      for (const invitee of ['Bob', 'Cleo'])
        given(pending).when(invite({ invitee }), invited({ isBlocked })).thenRefused('invitation_pending');
    });
    it('in a game, or with a seat', () => {
      for (const events of [[pending, accepted()], [reserved()]])
        given(...events)
          .when(invite(), invited({ isBlocked }))
          .thenRefused('in_game');
    });
    it('between two of whom one blocks the other', () => {
      given(tooMany).when(invite(), invited({ isBlocked })).thenRefused('not_invitable');
    });
    it('after too many', () => {
      given(tooMany).when(invite(), invited()).thenRefused('rate_limited');
    });
  });

  describe('counts in a window', () => {
    const having = (count: number, since = at(0)) => declined({ sending: { since, count } });

    it('that begins with its first, and no invitation prolongs it', () => {
      given(having(1))
        .when(invite({ date: at(9) }), invited())
        .thenEvents(sentAt(9, { since: at(0), count: 2 }));
      given(having(2))
        .when(invite({ date: at(9) }), invited())
        .thenEvents(sentAt(9, { since: at(0), count: 3 }));
      given(having(3))
        .when(invite({ date: at(9) }), invited())
        .thenRefused('rate_limited');
    });

    it('that is over when its time has passed, to the millisecond', () => {
      const date = new Date(Date.parse(at(10)) - 1).toISOString();
      given(having(3)).when(invite({ date }), invited()).thenRefused('rate_limited');
      given(having(3))
        .when(invite({ date: at(10) }), invited())
        .thenEvents(sentAt(10, { since: at(10), count: 1 }));
    });

    it('also those of a clock that is behind', () => {
      given(having(2, at(20)))
        .when(invite({ date: at(1) }), invited())
        .thenEvents(sentAt(1, { since: at(20), count: 3 }));
      given(having(3, at(20)))
        .when(invite({ date: at(1) }), invited())
        .thenRefused('rate_limited');
    });

    it('however they end, and games and seats between do not matter', () => {
      const sending = { since: at(0), count: 3 };
      for (const end of [
        cancelled('inviter', { sending }),
        expired({ sending }),
        finished('Ann', 'reported', { sending }),
        released({ sending }),
      ])
        given(end)
          .when(invite({ date: at(1) }), invited())
          .thenRefused('rate_limited');
    });

    const sentAt = (second: number, sending: { since: string; count: number }) => {
      const { type, data } = sent({ date: at(second), sending });
      return { type, data: { ...data, expiresAt: at(second + 60) } };
    };
  });
});

describe('ending an invitation', () => {
  const given = specification(endInvitation);
  const end = (how: EndInvitation['how'], change: Partial<EndInvitation> = {}): EndInvitation => ({
    how,
    actor: 'Bob',
    invitee: 'bob',
    date: at(5),
    ...change,
  });
  const HOW = ['decline', 'cancel', 'block', 'expire'] as const;

  it('stores how', () => {
    const date = at(5);
    given(sent()).when(end('decline')).thenEvents(declined({ date }));
    given(sent()).when(end('cancel')).thenEvents(cancelled('inviter', { date }));
    given(sent()).when(end('block')).thenEvents(cancelled('block', { date }));
    given(sent())
      .when(end('expire', { date: at(60) }))
      .thenEvents(expired({ date: at(60) }));
  });

  it('as expired only when it is time', () => {
    given(sent()).when(end('expire')).thenNothing();
    given(sent())
      .when(end('expire', { date: at(59) }))
      .thenNothing();
    given(sent())
      .when(end('expire', { date: at(61) }))
      .thenEvents(expired({ date: at(61) }));
  });

  it('is refused where none is pending, however it should end', () => {
    for (const how of HOW) {
      for (const events of [[], [sent(), declined()], [sent(), accepted()], [reserved()]])
        given(...events)
          .when(end(how, { date: at(99) }))
          .thenRefused('invitation_not_found');
    }
  });

  it('is refused where it is for somebody else, or another one', () => {
    for (const how of HOW) {
      given(sent())
        .when(end(how, { invitee: 'Cleo', date: at(99) }))
        .thenRefused('invitation_not_found');
      given(sent({ invitationId: 'second' }))
        .when(end(how, { invitationId: 'first', date: at(99) }))
        .thenRefused('invitation_not_found');
    }
    given(sent())
      .when(end('decline', { invitationId: 'first' }))
      .thenEvents(declined({ date: at(5) }));
  });
});
