import { describe, expect, it } from 'vitest';
import {
  DROP_REASONS,
  type DropSession,
  dropSession,
  evolvePresence,
  NEVER_THERE,
  type OpenSession,
  offlineSince,
  openSession,
  settlePresence,
} from '../../domain/presence.ts';
import { dropReason } from '../../protocol/commands.ts';
import { specification } from '../support/decider-specification.ts';
import { at } from './duel-events.ts';
import { cameOnline, dropped, live, opened, wentOffline } from './presence-events.ts';

const [FIRST, SECOND] = [live('first'), live('second', { openedAt: at(5) })];
const issued = { actor: '*gateway', username: 'Ann' };

describe('opening a session', () => {
  const given = specification(openSession);
  const open = (sessionId: string, second: number, change: Partial<OpenSession> = {}): OpenSession => ({
    ...issued,
    sessionId,
    gatewayId: 'gateway',
    loginId: 'login',
    date: at(second),
    ...change,
  });

  it('brings the user online, when it is the first', () => {
    given()
      .when(open('first', 0))
      .thenEvents(opened('first', [FIRST]), cameOnline([FIRST]));
  });

  it('brings the user online again, from then on, when all others are over', () => {
    const again = live('again', { openedAt: at(9) });
    const now = { since: at(9), date: at(9) };
    given(opened('first', [FIRST]), cameOnline([FIRST]), dropped('first', []), wentOffline(at(2)))
      .when(open('again', 9))
      .thenEvents(opened('again', [again], now), cameOnline([again], now));
  });

  it('adds to those that there are, and says since when the user has been online', () => {
    given(opened('first', [FIRST]), cameOnline([FIRST]))
      .when(open('second', 5))
      .thenEvents(opened('second', [FIRST, SECOND], { date: at(5) }));
  });

  it('keeps a user online who has none and has not been said to have gone', () => {
    const again = live('again', { openedAt: at(9) });
    given(opened('first', [FIRST]), dropped('first', [], { offlineAt: at(3) }))
      .when(open('again', 9))
      .thenEvents(opened('again', [again], { date: at(9) }));
  });

  it('that is live changes nothing, whatever it says', () => {
    given(opened('first', [FIRST]), cameOnline([FIRST]))
      .when(open('first', 5, { gatewayId: 'other' }))
      .thenNothing();
    given(opened('second', [FIRST, SECOND]))
      .when(open('first', 5))
      .thenNothing();
  });
});

describe('dropping a session', () => {
  const given = specification(dropSession);
  const drop = (sessionId: string, change: Partial<DropSession> = {}): DropSession => ({
    ...issued,
    sessionId,
    reason: 'closed',
    graceMs: 3000,
    date: at(5),
    ...change,
  });

  it('leaves the user online for a while, when it is the last', () => {
    given(opened('first', [FIRST]), cameOnline([FIRST]))
      .when(drop('first'))
      .thenEvents(dropped('first', [], { offlineAt: at(8), date: at(5) }));
  });

  it('takes the user offline at once, when it is the last and there is no grace', () => {
    given(opened('first', [FIRST]), cameOnline([FIRST]))
      .when(drop('first', { reason: 'gateway_lost', graceMs: 0 }))
      .thenEvents(
        dropped('first', [], { reason: 'gateway_lost', offlineAt: at(5), date: at(5) }),
        wentOffline(at(5)),
      );
  });

  it('leaves the others, and the user online', () => {
    for (const graceMs of [0, 3000])
      given(opened('second', [FIRST, SECOND]))
        .when(drop('first', { graceMs }))
        .thenEvents(dropped('first', [SECOND], { offlineAt: null, date: at(5) }));
  });

  it('that is not live changes nothing: it never was, was dropped before, or is another’s', () => {
    const over = [opened('first', [FIRST]), dropped('first', [])];
    for (const history of [[], over, [...over, wentOffline(at(3))], [opened('second', [SECOND])]])
      given(...history)
        .when(drop('first', { graceMs: 0 }))
        .thenNothing();
  });

  it('says why', () => {
    for (const reason of DROP_REASONS)
      given(opened('first', [FIRST]))
        .when(drop('first', { reason }))
        .thenEvents(dropped('first', [], { reason, offlineAt: at(8), date: at(5) }));
  });
});

describe('settling', () => {
  const given = specification(settlePresence);
  const settle = (second: number) => ({ ...issued, date: at(second) });
  const leaving = [opened('first', [FIRST]), cameOnline([FIRST]), dropped('first', [], { offlineAt: at(3) })];

  it('takes a user offline whose last session has been over for long enough', () => {
    for (const second of [3, 30])
      given(...leaving)
        .when(settle(second))
        .thenEvents(wentOffline(at(second)));
  });

  it('changes nothing before that', () => {
    given(...leaving)
      .when(settle(2))
      .thenNothing();
  });

  it('changes nothing for who has a session, is offline, or was never there', () => {
    const back = opened('second', [SECOND], { date: at(5) });
    for (const history of [
      [],
      [opened('first', [FIRST])],
      [...leaving, back],
      [...leaving, wentOffline(at(3))],
    ])
      given(...history)
        .when(settle(30))
        .thenNothing();
  });
});

it('the last event tells all: what stood before may be forgotten', () => {
  const history = [
    opened('first', [FIRST]),
    cameOnline([FIRST]),
    opened('second', [FIRST, SECOND], { date: at(5) }),
    dropped('first', [SECOND], { offlineAt: null }),
    dropped('second', [], { offlineAt: at(8) }),
    wentOffline(at(9)),
  ];
  for (const [index, event] of history.entries()) {
    const before = history.slice(0, index).reduce(evolvePresence, NEVER_THERE);
    expect(evolvePresence(before, event)).toEqual(evolvePresence(NEVER_THERE, event));
  }
});

it('since when a user is offline is known once they were there, and not while they are', () => {
  const after = (...events: Parameters<typeof evolvePresence>[1][]) =>
    events.reduce(evolvePresence, NEVER_THERE);
  expect(offlineSince(NEVER_THERE)).toBeNull();
  expect(offlineSince(after(opened('first', [FIRST])))).toBeNull();
  expect(offlineSince(after(dropped('first', [])))).toBeNull();
  expect(offlineSince(after(dropped('first', []), wentOffline(at(7))))).toBe(at(7));
});

it('commands and events know the same reasons', () => {
  expect(dropReason.options).toEqual(DROP_REASONS);
});
