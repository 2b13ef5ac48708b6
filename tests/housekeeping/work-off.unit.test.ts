import { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { dueDuels } from '../../housekeeping/duels.ts';
import { Election } from '../../housekeeping/election.ts';
import { createHousekeepingMetrics, type HousekeepingMetrics } from '../../housekeeping/metrics.ts';
import { createSendCommands } from '../../housekeeping/send-commands.ts';
import type { Due, ToDoList } from '../../housekeeping/to-do-list.ts';
import { workingOff } from '../../housekeeping/work-off.ts';
import type { CommandReplies, CommandRequest } from '../../protocol/commands.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import {
  CommandsByHand,
  DuelList,
  invitationsOf,
  metricOf,
  NOW,
  SETTLED,
  silent,
} from './running-housekeeping.ts';

/** Duels that are settled at once, each by a request of its own. */
const AT_ONCE = 32;

describe('a round of housekeeping', () => {
  let duels: DuelList;
  let election: Election;
  let commands: CommandsByHand;
  let registry: Registry;
  let metrics: HousekeepingMetrics;
  /** What each claim of the lease says; afterwards it is held. */
  let claims: boolean[];

  beforeEach(async () => {
    [duels, commands, registry, claims] = [new DuelList(), await CommandsByHand.open(), new Registry(), []];
    metrics = createHousekeepingMetrics(registry);
    election = new Election({ claim: async () => claims.shift() ?? true }, metrics);
  });

  /** `change`: what is different about the list. */
  const chore = (change: Partial<ToDoList> = {}) =>
    workingOff(
      { ...dueDuels({ dueDuels: duels.find }), ...change },
      {
        sendCommands: createSendCommands({ bus: commands.bus, logger: silent, metrics, newId }),
        metrics,
        clock: () => NOW,
      },
    );

  const round = (signal = new AbortController().signal, work = chore()) =>
    work({ election, signal, onLooked: () => {} });

  it('asks for all that is due, each once and with a command id of its own, in requests that are taken', async () => {
    const due = duels.add(3 * AT_ONCE + 1);
    await round();
    expect(commands.asked().toSorted()).toEqual(due.toSorted());
    const ids = commands.requests.flatMap((request) => request.commands.map(({ commandId }) => commandId));
    expect(new Set(ids).size).toBe(due.length);
    expect(commands.requests[0]).toMatchObject({ actor: '*housekeeping', leftMs: 2000 });
  });

  it('has what has waited longest settled first, page by page, a bounded number of requests at once', async () => {
    const due = duels.add(3 * AT_ONCE);
    await round();
    expect(commands.mostUnderWay).toBe(AT_ONCE);
    const firstPage = commands.requests.slice(0, AT_ONCE).flatMap(invitationsOf);
    expect(firstPage.toSorted()).toEqual(due.slice(0, AT_ONCE).toSorted());
  });

  it('asks for nothing while another instance holds the lease', async () => {
    duels.add(1);
    claims = [false];
    await round();
    expect(commands.requests).toEqual([]);
    expect(await metricOf(registry, 'rally_housekeeping_elected')).toEqual({ '': 0 });
  });

  it('ends when the lease is lost between two pages', async () => {
    duels.add(2 * AT_ONCE);
    claims = [true, false];
    await round();
    expect(commands.asked()).toHaveLength(AT_ONCE);
  });

  it('ends after what is under way when it is to stop', async () => {
    duels.add(2 * AT_ONCE);
    const stopped = new AbortController();
    commands.answer = ({ commands: asked }) => {
      stopped.abort();
      return asked.map(() => SETTLED);
    };
    await round(stopped.signal);
    expect(commands.asked()).toHaveLength(AT_ONCE);
  });

  /** Turns away what is to settle one of these. */
  const refusing =
    (failing: readonly string[]) =>
    (request: CommandRequest): CommandReplies => {
      const asked = invitationsOf(request);
      if (asked.some((id) => failing.includes(id))) return { outcome: 'refused', code: 'unavailable' };
      for (const id of asked) duels.remove(id);
      return asked.map(() => SETTLED);
    };

  it('settles what is beside and behind a command that fails, which is sent again in the next round', async () => {
    const due = duels.add(2 * AT_ONCE);
    const failing = due.slice(0, 2);
    commands.answer = ({ commands: asked }) =>
      asked.map(({ command }) => {
        if (command.type !== 'settle_duel' || failing.includes(command.invitationId))
          return { outcome: 'refused', code: 'internal' };
        duels.remove(command.invitationId);
        return SETTLED;
      });
    await round();
    expect(duels.length).toBe(failing.length);
    await round();
    expect(commands.asked().slice(-2).toSorted()).toEqual(failing);
    expect(await metricOf(registry, 'rally_housekeeping_commands_total')).toMatchObject({
      'duels internal': 4,
    });
  });

  it('goes on to the next page when nothing of one is answered', async () => {
    const due = duels.add(2 * AT_ONCE);
    commands.answer = refusing(due.slice(0, AT_ONCE));
    await round();
    expect(duels.length).toBe(AT_ONCE);
  });

  it('counts what becomes of its commands, and tells how late the first one is', async () => {
    duels.add(3);
    commands.answer = () => ({ outcome: 'refused', code: 'unavailable' });
    await round();
    expect(await metricOf(registry, 'rally_housekeeping_commands_total')).toEqual({ 'duels unavailable': 3 });
    expect(await metricOf(registry, 'rally_housekeeping_late_seconds')).toEqual({ duels: 3 });
  });

  describe('of a list', () => {
    const due = (count: number): Due[] =>
      Array.from({ length: count }, (_, index) => ({
        command: { type: 'settle_presence', username: `user-${index}` },
        since: new Date(NOW.getTime() - 5000).toISOString(),
      }));
    const pages = (count: number) =>
      async function* () {
        yield due(count);
      };
    const askedFor = () => commands.requests.map((request) => request.commands.length);

    it('that goes in groups: each request has one, and a bounded number is under way', async () => {
      const together = { requests: 2, together: 10, pages: pages(45) };
      await round(undefined, chore(together));
      expect(askedFor().toSorted((one, other) => other - one)).toEqual([10, 10, 10, 10, 5]);
      expect(commands.mostUnderWay).toBe(2);
      const users = commands.requests.flatMap(({ commands: asked }) =>
        asked.map(({ command }) => 'username' in command && command.username),
      );
      expect(users.toSorted()).toEqual(
        due(45)
          .map(({ command }) => 'username' in command && command.username)
          .toSorted(),
      );
    });

    it('that is looked at now and then: not before that time has passed, and what it is late by counts from then', async () => {
      const work = chore({ everyMs: 3000, pages: pages(1) });
      await round(undefined, work);
      await round(undefined, work);
      expect(askedFor()).toEqual([1]);
      expect(await metricOf(registry, 'rally_housekeeping_late_seconds')).toEqual({ duels: 2 });
    });

    it('that rests on what others write: not before they had time to', async () => {
      const work = chore({ afterMs: PATIENCE_MS, pages: pages(1) });
      await round(undefined, work);
      expect(askedFor()).toEqual([]);
      await round(undefined, chore({ afterMs: 0, pages: pages(1) }));
      expect(askedFor()).toEqual([1]);
    });
  });
});
