import { beforeAll, expect, it } from 'vitest';
import type { EventStore, RecordedEvent } from '../../platform/event-store/event-store.ts';
import { self } from '../../protocol/http-resources.ts';
import type { Deployment } from '../support/deployment.ts';
import { eventually } from '../support/patience.ts';
import { INVITATION_TTL_S, RACES, type Race } from './races.ts';
import { isLive, Referee } from './referee.ts';
import { type Rivals, rivals } from './rivals.ts';
import { expectedOf, reasonsTo, toldTo } from './told.ts';

/** Of each race, by each trio. */
const ROUNDS_EACH = 14;

export const RACE_SETTINGS = {
  INVITATION_TTL_S: String(INVITATION_TTL_S),
  INVITE_LIMIT: '1000000',
  HOUSEKEEPING_INTERVAL_MS: '100',
  FRAME_LIMIT_PER_S: '1000',
};

const names = Object.keys(RACES) as (keyof typeof RACES)[];

/**
 * So many trios race side by side, each one race after the other. What becomes of them is read from the log, and from what
 * the tabs were told.
 */
export function describeRaces(
  trioCount: number,
  given: () => { deployment: Deployment; store: EventStore },
): void {
  const rounds = trioCount * ROUNDS_EACH;
  let trios: readonly Rivals[];
  const finishes = new Map<string, (readonly [string, string])[]>();
  let log: readonly RecordedEvent[];

  beforeAll(async () => {
    const { addresses } = given().deployment;
    trios = await Promise.all(Array.from({ length: trioCount }, () => rivals(addresses)));
    for (const name of names) {
      const { run }: Race = RACES[name];
      const running = trios.map(async (trio) => {
        const ran: (readonly [string, string])[] = [];
        for (let round = 0; round < ROUNDS_EACH; round += 1) ran.push(await run(trio, round));
        return ran;
      });
      finishes.set(name, (await Promise.all(running)).flat());
    }
    log = await eventually(async () => {
      const read = await logOf(given().store);
      expect(duelsIn(read).filter(isLive)).toEqual([]);
      return read;
    }, 100);
  });

  /** Each trio has a referee of its own, as nobody duels with those of another. */
  const duelsIn = (events: readonly RecordedEvent[]) =>
    trios.flatMap(({ host, guest, other }) => {
      const names = [host, guest, other].map(({ user }) => user.username);
      const referee = new Referee(true);
      for (const recorded of events)
        if (names.includes(concerned(recorded.event) ?? '')) referee.read(recorded);
      return referee.picture.duels;
    });

  const people = () => trios.flatMap(({ host, guest, other }) => [host, guest, other]);

  it.each(names)('answers each of both in %s: who loses gets a reason', (name) => {
    const { reasons, hasOneWinner }: Race = RACES[name];
    const ran = finishes.get(name) ?? [];
    expect(ran).toHaveLength(rounds);
    for (const [first, second] of ran) {
      expect(['ack', ...reasons[0]]).toContain(first);
      expect(['ack', ...reasons[1]]).toContain(second);
      if (hasOneWinner) expect([first, second]).not.toEqual(['ack', 'ack']);
    }
    process.stdout.write(`${name}: ${tallyOf(ran)}\n`);
  });

  it('goes by the rules at each event of the log, and leaves nobody engaged', async () => {
    expect(duelsIn(log).length).toBeGreaterThanOrEqual(names.length * rounds);
    for (const { user } of people()) {
      const { game_id, is_engaged_in_game } = self.parse((await user.get('/self')).body);
      expect({ game_id, is_engaged_in_game }).toEqual({ game_id: null, is_engaged_in_game: false });
    }
  });

  it('tells each tab of each side once what has become of each invitation, in the order of the log', async () => {
    for (const { user, tabs } of people()) {
      const expected = expectedOf(user.username, log);
      for (const tab of tabs) await eventually(() => expect(toldTo(tab)).toEqual(expected), 50);
    }
  });

  it('tells all tabs of whoever was refused why', async () => {
    for (const { tabs, refusals } of people())
      for (const tab of tabs) await eventually(() => expect(reasonsTo(tab)).toBe(refusals), 50);
  });
}

async function logOf(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const enough = new AbortController();
  const log = store.subscribe({ after: -1n, prefixes: [], batchSize: 1000, signal: enough.signal });
  for await (const batch of log) {
    events.push(...batch.events);
    if (batch.caughtUp) enough.abort();
  }
  return events;
}

/** Whom an event is about, by one of their names. */
function concerned({ data }: RecordedEvent['event']): string | null {
  if ('inviter' in data) return data.inviter;
  return 'blocker' in data ? data.blocker : null;
}

function tallyOf(finishes: readonly (readonly [string, string])[]): string {
  const counts = new Map<string, number>();
  for (const finish of finishes) counts.set(finish.join(' | '), (counts.get(finish.join(' | ')) ?? 0) + 1);
  return [...counts].map(([finish, count]) => `${count} × ${finish}`).join(', ');
}
