import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { accept, invite, type Person, rivals } from '../duels/rivals.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { type ManagedProcess, startManaged } from '../support/managed-process.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';

/** Whoever holds this lock holds up the appends of the events in `held`. */
const LOCK = 12;

const HOLD_UP = `
  create table public.held (type text, player text);
  create function public.hold_up() returns trigger language plpgsql as $$ begin
    if exists (select from public.held where type = new.type and (player is null or player = new.data->>'player'))
      then perform pg_advisory_xact_lock(${LOCK}); end if;
    return new;
  end $$;
  create trigger hold_up before insert on event_log.events for each row execute function public.hold_up();
`;

describeWithNats('duels whose command service, or housekeeping, is killed', () => {
  let deployment: DistributedDeployment;
  let store: EventStore;
  let database: pg.Pool;
  let holder: pg.Client;

  beforeAll(async () => {
    deployment = await startDistributed({ INVITATION_TTL_S: '5', INVITE_LIMIT: '1000' });
    const { databaseUrl: url } = deployment;
    store = await openPostgresEventStore({ url, logger: pino({ level: 'silent' }) });
    database = new pg.Pool({ connectionString: url });
    await database.query(HOLD_UP);
    holder = new pg.Client(url);
    await holder.connect();
  });
  afterAll(async () => {
    await holder?.end();
    await database?.end();
    await store?.close();
    await deployment?.stop();
  });

  async function holdUp({ type, player = null }: { type: string; player?: string | null }): Promise<void> {
    await holder.query(`select pg_advisory_lock(${LOCK})`);
    await database.query('insert into held values ($1, $2)', [type, player]);
  }

  /** Connections whose append is held up. */
  const heldUp = async (): Promise<number[]> => {
    const { rows } = await database.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted and database =
        (select oid from pg_database where datname = current_database())`,
    );
    return rows.map(({ pid }) => pid);
  };

  const untilHeldUp = () => eventually(async () => expect(await heldUp()).toHaveLength(1));

  /** `happens`: what was held up happens after all, though nobody hears of it. */
  async function letGo(happens: boolean): Promise<void> {
    await database.query('delete from held');
    if (!happens)
      for (const pid of await heldUp()) await database.query('select pg_terminate_backend($1)', [pid]);
    await holder.query(`select pg_advisory_unlock(${LOCK})`);
  }

  const storedOf = async ({ user }: Person): Promise<string[]> => {
    const part = { direction: 'forwards', limit: 100 } as const;
    const events = await store.readStream(streamOf('player', user.username), part);
    return events.map(({ event }) => event.type);
  };

  /** Kills the only command service at the append that is held up, with another one ready to go on. In milliseconds. */
  async function settledAfterKill(happens: boolean, settled: () => Promise<void>): Promise<number> {
    const [killed, other] = deployment.commands;
    await untilHeldUp();
    await other.start();
    await killed.kill();
    const since = performance.now();
    await letGo(happens);
    await eventually(settled);
    const tookMs = Math.round(performance.now() - since);
    await killed.start();
    return tookMs;
  }

  const say = (what: string, tookMs: number) => process.stdout.write(`${what}: settled after ${tookMs} ms\n`);

  it.each([
    { held: 'SeatReserved', happens: false, host: ['InviteSent', 'InviteExpired'], guest: [] },
    { held: 'SeatReserved', happens: true, host: ['InviteSent', 'InviteAccepted'], guest: ['SeatReserved'] },
    {
      held: 'InviteAccepted',
      happens: false,
      host: ['InviteSent', 'InviteAccepted'],
      guest: ['SeatReserved'],
    },
    {
      held: 'InviteAccepted',
      happens: true,
      host: ['InviteSent', 'InviteAccepted'],
      guest: ['SeatReserved'],
    },
  ])('an acceptance killed at $held, which is stored: $happens', async ({ held, happens, ...expected }) => {
    const { host, guest } = await rivals(deployment.addresses);
    await deployment.commands[1].stop();
    await invite(host, guest);
    await holdUp({ type: held });
    const answer = accept(guest, host).catch(() => null);
    const tookMs = await settledAfterKill(happens, async () => {
      expect(await storedOf(host)).toEqual(expected.host);
      expect(await storedOf(guest)).toEqual(expected.guest);
    });
    say(`killed at ${held}, ${happens ? '' : 'not '}stored`, tookMs);
    void answer;
  });

  it('a game that is finished for one of the two', async () => {
    const { host, guest } = await rivals(deployment.addresses);
    await deployment.commands[1].stop();
    await invite(host, guest);
    const { id } = await accept(guest, host);
    await holdUp({ type: 'GameFinished', player: host.user.username });
    const answer = guest.user.post(`/games/${id}/finish`).catch(() => null);
    const tookMs = await settledAfterKill(false, async () => {
      expect(await storedOf(host)).toEqual(['InviteSent', 'InviteAccepted', 'GameFinished']);
      expect(await storedOf(guest)).toEqual(['SeatReserved', 'GameFinished']);
    });
    say('killed between two ends of a game', tookMs);
    void answer;
  });

  it('housekeeping amid its work', async () => {
    const { databaseUrl, nats } = deployment;
    const second = await startManaged('housekeeping/main.js', {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
    });
    try {
      const trios = await Promise.all(Array.from({ length: 5 }, () => rivals(deployment.addresses)));
      await holdUp({ type: 'InviteExpired' });
      for (const { host, guest } of trios) await invite(host, guest);
      await untilHeldUp();
      const elected = await electedOf([deployment.housekeeping, second]);
      await elected.kill();
      const since = performance.now();
      await letGo(true);
      await eventually(async () => {
        for (const { host } of trios) expect(await storedOf(host)).toEqual(['InviteSent', 'InviteExpired']);
      });
      say('housekeeping killed', Math.round(performance.now() - since));
      await elected.start();
    } finally {
      await second.stop();
    }
  });
});

async function electedOf(all: readonly ManagedProcess[]): Promise<ManagedProcess> {
  for (const one of all) if ((await one.metric('rally_housekeeping_elected')) === 1) return one;
  throw new Error('nobody keeps house');
}
