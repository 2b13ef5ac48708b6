import { describe, it } from 'vitest';
import { type CancelAsGone, cancelAsGone } from '../../domain/duel.ts';
import { evolvePresence, NEVER_THERE, type Presence } from '../../domain/presence.ts';
import { specification } from '../support/decider-specification.ts';
import { accepted, at, cancelled, DUEL, declined, expired, sent } from './duel-events.ts';
import { dropped, live, opened, wentOffline } from './presence-events.ts';

const offline = (second: number): Presence => evolvePresence(NEVER_THERE, wentOffline(at(second)));

describe('the invitation of an inviter who has gone', () => {
  const given = specification(cancelAsGone);
  const cancel = (second: number, change: Partial<CancelAsGone> = {}): CancelAsGone => ({
    ...DUEL,
    actor: '*housekeeping',
    sentAt: at(0),
    date: at(second),
    ...change,
  });

  it('is cancelled a minute after that', () => {
    for (const second of [70, 700])
      given(sent())
        .when(cancel(second), offline(10))
        .thenEvents(cancelled('gone', { date: at(second) }));
  });

  it('stays pending until then', () => {
    given(sent()).when(cancel(69), offline(10)).thenNothing();
  });

  it('stays pending for a minute after it was sent, as somebody was there to do that', () => {
    given(sent())
      .when(cancel(74, { sentAt: at(15) }), offline(10))
      .thenNothing();
    given(sent())
      .when(cancel(75, { sentAt: at(15) }), offline(10))
      .thenEvents(cancelled('gone', { date: at(75) }));
  });

  it('stays pending while the inviter is there, or is not said to have gone, or never was there', () => {
    const there = evolvePresence(NEVER_THERE, opened('tab', [live('tab')]));
    const leaving = evolvePresence(there, dropped('tab', [], { offlineAt: at(3) }));
    for (const presence of [there, leaving, NEVER_THERE])
      given(sent()).when(cancel(700), presence).thenNothing();
  });

  it('is left alone once it has ended, or is a game, or another', () => {
    for (const history of [[], [sent(), declined()], [sent(), expired()], [sent(), accepted()]])
      given(...history)
        .when(cancel(700), offline(10))
        .thenNothing();
    for (const another of [{ invitationId: 'second' }, { invitee: 'Cleo' }])
      given(sent(another)).when(cancel(700), offline(10)).thenNothing();
  });
});
