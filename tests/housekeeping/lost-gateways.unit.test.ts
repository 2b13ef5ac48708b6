import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { Election } from '../../housekeeping/election.ts';
import { LostGateways } from '../../housekeeping/lost-gateways.ts';
import { createHousekeepingMetrics } from '../../housekeeping/metrics.ts';
import type { Due } from '../../housekeeping/to-do-list.ts';
import { NOW, UP_TO } from './running-housekeeping.ts';

describe('gateways that are lost', () => {
  let members: Set<string>;
  /** By their gateways. */
  let sessions: Map<string, string[]>;
  /** What happens while somebody looks which gateways have sessions. */
  let meanwhile: () => void;
  let isElected: boolean;
  let looks: number;
  let lost: LostGateways;

  beforeEach(() => {
    [members, sessions, isElected, looks] = [new Set(), new Map(), true, 0];
    meanwhile = () => {};
    lost = new LostGateways({
      watch: {
        async look() {
          looks += 1;
          return new Set(members);
        },
      },
      readModels: {
        async sessionGateways() {
          meanwhile();
          return { answer: [...sessions.keys()], upTo: UP_TO };
        },
        async sessionsOfGateway({ gatewayId, after, limit }) {
          const ids = (sessions.get(gatewayId) ?? []).filter((id) => after === null || id > after);
          const answer = ids
            .slice(0, limit)
            .map((session_id) => ({ session_id, username: `of ${session_id}` }));
          return { answer, upTo: UP_TO };
        },
      },
      clock: () => NOW,
    });
  });

  const look = () =>
    lost.watching({
      election: new Election({ claim: async () => isElected }, createHousekeepingMetrics(new Registry())),
      signal: new AbortController().signal,
      onLooked: () => {},
    });

  async function listed(): Promise<Due[]> {
    const all: Due[] = [];
    for await (const page of lost.sessions.pages(NOW)) all.push(...page);
    return all;
  }

  it('are those that have sessions and are no members; all of their sessions are to be dropped', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `session-${1000 + index}`);
    sessions = new Map([
      ['gone', ids],
      ['here', ['other']],
      ['gone, too', ['last']],
    ]);
    members = new Set(['here', 'idle']);
    await look();
    expect(await listed()).toEqual(
      [...ids, 'last'].map((sessionId) => ({
        command: {
          type: 'drop_session',
          username: `of ${sessionId}`,
          sessionId,
          reason: 'gateway_lost',
          graceMs: 0,
        },
        since: NOW.toISOString(),
      })),
    );
  });

  it('are not those that join, and open sessions, while somebody looks', async () => {
    meanwhile = () => {
      members.add('new');
      sessions.set('new', ['first']);
    };
    await look();
    expect(await listed()).toEqual([]);
  });

  it('are as they were at the last look, and forgotten when nothing of them is left', async () => {
    sessions.set('gone', ['one']);
    expect(await listed()).toEqual([]);
    await look();
    expect(await listed()).toHaveLength(1);
    sessions.delete('gone');
    await look();
    sessions.set('gone', ['one']);
    expect(await listed()).toEqual([]);
  });

  it('are not looked for by who is not elected: nobody expels beside another', async () => {
    isElected = false;
    sessions.set('gone', ['one']);
    await look();
    expect([looks, await listed()]).toEqual([0, []]);
  });
});
