import { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHousekeepingMetrics, type HousekeepingMetrics } from '../../housekeeping/metrics.ts';
import { createSettleDuels, DUELS_AT_ONCE } from '../../housekeeping/settle-duels.ts';
import { type WorkOptions, workOff } from '../../housekeeping/work-off.ts';
import type { CommandReplies, CommandRequest } from '../../protocol/commands.ts';
import {
  CommandsByHand,
  invitationsOf,
  metricOf,
  NOW,
  SETTLED,
  silent,
  ToDoList,
} from './running-housekeeping.ts';

describe('a round of housekeeping', () => {
  let list: ToDoList;
  let commands: CommandsByHand;
  let registry: Registry;
  let metrics: HousekeepingMetrics;
  /** What each claim of the lease says; afterwards it is held. */
  let claims: boolean[];

  beforeEach(async () => {
    [list, commands, registry, claims] = [new ToDoList(), await CommandsByHand.open(), new Registry(), []];
    metrics = createHousekeepingMetrics(registry);
  });

  const round = (options: Partial<WorkOptions> = {}) =>
    workOff({
      lease: { claim: async () => claims.shift() ?? true, release: async () => {} },
      dueDuels: list.find,
      settleDuels: createSettleDuels({ bus: commands.bus, logger: silent, metrics, newId }),
      metrics,
      clock: () => NOW,
      signal: new AbortController().signal,
      ...options,
    });

  it('asks for all that is due, each once and with a command id of its own, in requests that are taken', async () => {
    const due = list.add(3 * DUELS_AT_ONCE + 1);
    await round();
    expect(commands.asked().toSorted()).toEqual(due.toSorted());
    const ids = commands.requests.flatMap((request) => request.commands.map(({ commandId }) => commandId));
    expect(new Set(ids).size).toBe(due.length);
    expect(commands.requests[0]).toMatchObject({ actor: '*housekeeping', leftMs: 2000 });
  });

  it('has what has waited longest settled first, page by page, a bounded number of requests at once', async () => {
    const due = list.add(3 * DUELS_AT_ONCE);
    await round();
    expect(commands.mostUnderWay).toBe(DUELS_AT_ONCE);
    const firstPage = commands.requests.slice(0, DUELS_AT_ONCE).flatMap(invitationsOf);
    expect(firstPage.toSorted()).toEqual(due.slice(0, DUELS_AT_ONCE).toSorted());
  });

  it('asks for nothing while another instance holds the lease', async () => {
    list.add(1);
    claims = [false];
    await round();
    expect(commands.requests).toEqual([]);
    expect(await metricOf(registry, 'rally_housekeeping_elected')).toEqual({ '': 0 });
  });

  it('ends when the lease is lost between two pages', async () => {
    list.add(2 * DUELS_AT_ONCE);
    claims = [true, false];
    await round();
    expect(commands.asked()).toHaveLength(DUELS_AT_ONCE);
  });

  it('ends after what is under way when it is to stop', async () => {
    list.add(2 * DUELS_AT_ONCE);
    const stopped = new AbortController();
    commands.answer = ({ commands: asked }) => {
      stopped.abort();
      return asked.map(() => SETTLED);
    };
    await round({ signal: stopped.signal });
    expect(commands.asked()).toHaveLength(DUELS_AT_ONCE);
  });

  /** Turns away what is to settle one of these. */
  const refusing =
    (failing: readonly string[]) =>
    (request: CommandRequest): CommandReplies => {
      const asked = invitationsOf(request);
      if (asked.some((id) => failing.includes(id))) return { outcome: 'refused', code: 'unavailable' };
      for (const id of asked) list.remove(id);
      return asked.map(() => SETTLED);
    };

  it('settles what is beside and behind a command that fails, which is sent again in the next round', async () => {
    const due = list.add(2 * DUELS_AT_ONCE);
    const failing = due.slice(0, 2);
    commands.answer = ({ commands: asked }) =>
      asked.map(({ command }) => {
        if (command.type !== 'settle_duel' || failing.includes(command.invitationId))
          return { outcome: 'refused', code: 'internal' };
        list.remove(command.invitationId);
        return SETTLED;
      });
    await round();
    expect(list.length).toBe(failing.length);
    await round();
    expect(commands.asked().slice(-2).toSorted()).toEqual(failing);
    expect(await metricOf(registry, 'rally_housekeeping_commands_total')).toMatchObject({ internal: 4 });
  });

  it('goes on to the next page when nothing of one is answered', async () => {
    const due = list.add(2 * DUELS_AT_ONCE);
    commands.answer = refusing(due.slice(0, DUELS_AT_ONCE));
    await round();
    expect(list.length).toBe(DUELS_AT_ONCE);
  });

  it('counts what becomes of its commands, and tells how late the first one is', async () => {
    list.add(3);
    commands.answer = () => ({ outcome: 'refused', code: 'unavailable' });
    await round();
    expect(await metricOf(registry, 'rally_housekeeping_commands_total')).toEqual({ unavailable: 3 });
    expect(await metricOf(registry, 'rally_housekeeping_late_seconds')).toEqual({ '': 3 });
  });
});
