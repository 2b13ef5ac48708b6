import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decider, Issued } from '../../domain/decider.ts';
import { messageDecider } from '../../domain/message.ts';
import { inboxDecider, notificationDecider } from '../../domain/notification.ts';
import { readingDecider } from '../../domain/reading.ts';
import { relationshipDecider } from '../../domain/relationship.ts';
import { tournamentDecider } from '../../domain/tournament.ts';
import { userDecider } from '../../domain/user.ts';
import * as any from './histories.ts';

const RUNS = { numRuns: 500 };
const COMMANDS = { minLength: 1, maxLength: 30 };

/** All events that these commands lead to, one after the other. */
function history<State, Command extends Issued, Event, Context>(
  decider: Decider<State, Command, Event, string, Context>,
  steps: readonly { readonly command: Command; readonly context: Context }[],
): Event[] {
  let state = decider.initial;
  return steps.flatMap(({ command, context }) => {
    const decision = decider.decide(command, state, context);
    const events = decision.outcome === 'accepted' ? [...decision.events] : [];
    state = events.reduce<State>(decider.evolve, state);
    return events;
  });
}

const steps = <Command, Context>(command: fc.Arbitrary<Command>, context: fc.Arbitrary<Context>) =>
  fc.array(fc.record({ command, context }), COMMANDS);

/** Mostly about friends, now and then a block between them. */
const pairSteps = steps(
  fc.oneof({ weight: 3, arbitrary: any.friendCommand }, any.relationshipCommand),
  any.pair,
);

describe('whatever is asked for', () => {
  it('a name is registered at most once, each change of its profile changes something, and none follows its erasure', () => {
    const property = fc.property(steps(any.userCommand, fc.constant(undefined)), (asked) => {
      const events = history(userDecider, asked);
      const profiles: unknown[] = [];
      for (const { data } of events) {
        if ('nickname' in data) profiles.push([data.nickname, data.avatar]);
        expect(data.username).toBe(events[0]?.data.username);
      }
      const types = events.map(({ type }) => type).join(' ');
      expect(types).toMatch(/^(UserRegistered( ProfileUpdated)*( UserErased( ErasureCompleted)?)?)?$/);
      for (const [index, profile] of profiles.entries()) expect(profile).not.toEqual(profiles[index + 1]);
    });
    fc.assert(property, RUNS);
  });

  it('two users have at most one chat, and blocks and unblocks of one user alternate', () => {
    const property = fc.property(steps(any.relationshipCommand, any.pair), (asked) => {
      const events = history(relationshipDecider, asked);
      expect(events.filter(({ type }) => type === 'ChatStarted').length).toBeLessThanOrEqual(1);
      const blocking = new Set<string>();
      for (const { type, data } of events) {
        if (type !== 'UserBlocked' && type !== 'UserUnblocked') continue;
        const blocker = data.blocker.toLowerCase();
        expect(blocking.has(blocker)).toBe(type === 'UserUnblocked');
        if (type === 'UserBlocked') blocking.add(blocker);
        else blocking.delete(blocker);
      }
    });
    fc.assert(property, RUNS);
  });

  it('additions and removals of one friend alternate, and a block of either ends them', () => {
    const property = fc.property(pairSteps, (asked) => {
      const [friends, blocking] = [new Set<string>(), new Set<string>()];
      for (const event of history(relationshipDecider, asked)) {
        if (event.type === 'FriendAdded') {
          const adder = event.data.adder.toLowerCase();
          expect([friends.has(adder), blocking.size]).toEqual([false, 0]);
          friends.add(adder);
        } else if (event.type === 'FriendRemoved') {
          expect(friends.delete(event.data.remover.toLowerCase())).toBe(true);
        } else if (event.type === 'UserBlocked') {
          blocking.add(event.data.blocker.toLowerCase());
          friends.clear();
        } else if (event.type === 'UserUnblocked') blocking.delete(event.data.blocker.toLowerCase());
      }
    });
    fc.assert(property, RUNS);
  });

  it('being added by one user is news once a day at most', () => {
    const property = fc.property(pairSteps, (asked) => {
      const news = history(relationshipDecider, asked).flatMap(({ type, data }) =>
        type === 'FriendAdded' && data.isNews
          ? [`${data.adder.toLowerCase()} on ${data.date.slice(0, 10)}`]
          : [],
      );
      expect(news).toEqual([...new Set(news)]);
    });
    fc.assert(property, RUNS);
  });

  it('a message is sent once, before its likes, and likes and unlikes alternate', () => {
    const property = fc.property(steps(any.messageCommand, any.relationship), (asked) => {
      const types = history(messageDecider, asked).map(({ type }) => type);
      const expected = types.map((_, index) => {
        if (index === 0) return 'MessageSent';
        return index % 2 ? 'MessageLiked' : 'MessageUnliked';
      });
      expect(types).toEqual(expected);
    });
    fc.assert(property, RUNS);
  });

  it('a marker moves forward only', () => {
    const property = fc.property(steps(any.readingCommand, any.messageInLog), (asked) => {
      const places = history(readingDecider, asked).map(({ data }) => BigInt(data.messagePosition));
      const forwards = [...new Set(places)].sort((a, b) => (a < b ? -1 : 1));
      expect(places).toEqual(forwards);
    });
    fc.assert(property, RUNS);
  });

  it('a notification is read at most once', () => {
    const property = fc.property(steps(any.notificationCommand, any.cause), (asked) => {
      expect(history(notificationDecider, asked).length).toBeLessThanOrEqual(1);
    });
    fc.assert(property, RUNS);
  });

  it('nobody reads what they have brought about', () => {
    const property = fc.property(any.notificationCommand, any.cause, (command, cause) => {
      const { outcome } = notificationDecider.decide(command, false, cause);
      const data = cause?.data;
      const author =
        data && ('creator' in data ? data.creator : 'inviter' in data ? data.inviter : data.adder);
      const other = data && ('friend' in data ? data.friend : 'invitee' in data ? data.invitee : undefined);
      const isForOther = other?.toLowerCase() === command.actor.toLowerCase();
      if (author?.toLowerCase() === command.actor.toLowerCase() && !isForOther)
        expect(outcome).toBe('refused');
    });
    fc.assert(property, RUNS);
  });

  it('a user has one open tournament at most: each is announced once, and closed before the next', () => {
    const property = fc.property(steps(any.tournamentCommand, any.creator), (asked) => {
      const events = history(tournamentDecider, asked);
      for (const [index, { type, data }] of events.entries()) {
        expect(type).toBe(index % 2 ? 'TournamentClosed' : 'TournamentCreated');
        if (index % 2) expect(data.tournamentId).toBe(events[index - 1]?.data.tournamentId);
      }
    });
    fc.assert(property, RUNS);
  });

  it('what is known of a user’s tournaments, but when they were announced, is in the last event alone', () => {
    const property = fc.property(fc.array(any.tournamentEvent), any.tournamentEvent, (earlier, event) => {
      const { evolve, initial } = tournamentDecider;
      const last = evolve(initial, event);
      expect(evolve(earlier.reduce(evolve, initial), event)).toMatchObject({
        tournamentId: last?.tournamentId,
        isOpen: last?.isOpen,
      });
    });
    fc.assert(property, RUNS);
  });

  it('an inbox is marked further and further only', () => {
    const property = fc.property(steps(any.inboxCommand, fc.constant(undefined)), (asked) => {
      const places = history(inboxDecider, asked).map(({ data }) => BigInt(data.upTo));
      const forwards = [...new Set(places)].sort((a, b) => (a < b ? -1 : 1));
      expect(places).toEqual(forwards);
    });
    fc.assert(property, RUNS);
  });

  it('an inbox is never marked less far, even when events say so', () => {
    const property = fc.property(fc.array(any.inboxEvent), any.inboxEvent, (earlier, event) => {
      const before = earlier.reduce(inboxDecider.evolve, inboxDecider.initial);
      expect((inboxDecider.evolve(before, event) ?? -1n) >= (before ?? -1n)).toBe(true);
    });
    fc.assert(property, RUNS);
  });

  it('a marker never falls back, even when events say so', () => {
    const property = fc.property(fc.array(any.readingEvent), any.readingEvent, (earlier, event) => {
      const before = earlier.reduce(readingDecider.evolve, readingDecider.initial);
      const after = readingDecider.evolve(before, event);
      expect((after?.position ?? -1n) >= (before?.position ?? -1n)).toBe(true);
    });
    fc.assert(property, RUNS);
  });
});
