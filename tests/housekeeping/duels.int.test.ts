import { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { duelConfiguration } from '../../command-service/duel-limits.ts';
import { startCommandService } from '../../command-service/start-command-service.ts';
import { housekeepingConfiguration } from '../../housekeeping/configuration.ts';
import { startHousekeeping } from '../../housekeeping/start-housekeeping.ts';
import { type EventStore, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { Parts } from '../../platform/service/service.ts';
import { projectionConfiguration } from '../../projection-service/configuration.ts';
import { startProjectionService } from '../../projection-service/start-projection-service.ts';
import { type Command, commandReplies } from '../../protocol/commands.ts';
import { gameOptions } from '../../protocol/game-options.ts';
import { COMMANDS } from '../../protocol/subjects.ts';
import { openReadModels, type ReadModels } from '../../read-models/read-models.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { eventually } from '../support/patience.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { silent } from './running-housekeeping.ts';

const TTL_MS = duelConfiguration.parse({}).INVITATION_TTL_S * 1000;
const GAME_LIMIT_MS = duelConfiguration.parse({}).GAME_LIMIT_S * 1000;

/** The command that began it has so much time to end it by itself. */
const LEFT_TO_ITSELF_MS = 2001;

const END_OF_TIME = '9999-12-31T00:00:00.000Z';

describe('what is due of duels', () => {
  const parts = new Parts();
  const bus = createInProcessBus({ logger: silent });
  let store: EventStore;
  let readModels: ReadModels;
  let now = new Date('2026-03-01T12:00:00.000Z');
  const clock = () => now;
  /** What the command service dies of, as it were: it does not store such an event in this stream, and does nothing after that. */
  let deadly: { readonly stream: string; readonly type: string } | null = null;

  const mortal = (real: EventStore): EventStore => ({
    ...real,
    append: async (stream, revision, events, ...rest) => {
      if (stream === deadly?.stream && events.some(({ event }) => event.type === deadly?.type))
        throw new EventStoreUnavailable('killed');
      return real.append(stream, revision, events, ...rest);
    },
  });

  beforeAll(async () => {
    const { url, drop } = await createTestDatabase();
    parts.onStop('database', drop);
    store = await openPostgresEventStore({ url, logger: silent });
    parts.onStop('event store', () => store.close());
    const pool = createPostgresPool({ url, applicationName: 'test', max: 6, logger: silent });
    parts.onStop('pool', () => pool.end());
    readModels = openReadModels({ pool, schema: READ_SCHEMA, logger: silent });
    const common = { bus, logger: silent, clock };
    const projection = { ...common, store, pool, schema: READ_SCHEMA, metrics: new Registry() };
    await parts.add(
      startProjectionService({ ...projection, configuration: projectionConfiguration.parse({}) }),
    );
    await parts.add(
      startCommandService({
        ...common,
        store: mortal(store),
        registry: new Registry(),
        configuration: duelConfiguration.parse({}),
      }),
    );
    await parts.add(
      startHousekeeping({
        ...common,
        databaseUrl: url,
        metrics: new Registry(),
        newId,
        configuration: housekeepingConfiguration.parse({ HOUSEKEEPING_INTERVAL_MS: '10' }),
      }),
    );
  });
  afterAll(() => parts.stop());

  async function send(actor: string, command: Command) {
    const asked = { commandId: newId(), correlationId: 'test', command };
    const text = JSON.stringify({ actor, commands: [asked], leftMs: 15_000 });
    const replies = commandReplies.parse(
      JSON.parse(await bus.request(COMMANDS, text, { timeoutMs: 15_000 })),
    );
    return Array.isArray(replies) ? replies[0] : replies;
  }

  /** Two users, of whom one has invited the other. */
  async function invited() {
    const id = newId().slice(-12);
    const [inviter, invitee] = [`ann-${id}`, `bob-${id}`];
    const ids = { invitationId: newId(), clientId: 'tab' };
    const asked: readonly [string, Command][] = [
      [inviter, { type: 'register_user' }],
      [invitee, { type: 'register_user' }],
      [inviter, { type: 'send_invitation', invitee, ...ids, options: gameOptions.parse({}) }],
    ];
    for (const [actor, command] of asked)
      expect(await send(actor, command)).toMatchObject({ outcome: 'accepted' });
    return { inviter, invitee };
  }

  const becomes = (player: string, types: readonly string[]) =>
    eventually(async () => {
      const events = await store.readStream(streamOf('player', player), { direction: 'forwards', limit: 10 });
      expect(events.map(({ event }) => event.type)).toEqual(types);
    });

  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };

  afterEach(async () => {
    deadly = null;
    await eventually(async () => {
      const { answer } = await readModels.dueDuels({ before: END_OF_TIME, after: null, limit: 10 });
      expect(answer).toEqual([]);
    });
  });

  it('ends: invitations that nobody answers expire', async () => {
    const duels = [await invited(), await invited()];
    pass(TTL_MS + 1);
    for (const { inviter, invitee } of duels) {
      await becomes(inviter, ['InviteSent', 'InviteExpired']);
      await becomes(invitee, []);
    }
  });

  it('ends: games that nobody reports', async () => {
    const { inviter, invitee } = await invited();
    expect(await send(invitee, { type: 'accept_invitation', inviter })).toMatchObject({
      outcome: 'accepted',
    });
    pass(GAME_LIMIT_MS + 1);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
  });

  it('is completed: an acceptance of which only the seat was reserved', async () => {
    const { inviter, invitee } = await invited();
    deadly = { stream: streamOf('player', inviter), type: 'InviteAccepted' };
    const accepting = await send(invitee, { type: 'accept_invitation', inviter });
    expect(accepting).toMatchObject({ code: 'unavailable' });
    deadly = null;
    await becomes(invitee, ['SeatReserved']);
    pass(LEFT_TO_ITSELF_MS);
    await becomes(inviter, ['InviteSent', 'InviteAccepted']);
    pass(GAME_LIMIT_MS + 1);
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
  });

  it('is undone: an acceptance that came too late, and whose seat was not released', async () => {
    const { inviter, invitee } = await invited();
    deadly = { stream: streamOf('player', inviter), type: 'InviteAccepted' };
    await send(invitee, { type: 'accept_invitation', inviter });
    expect(await send(inviter, { type: 'cancel_invitation', invitee })).toMatchObject({
      outcome: 'accepted',
    });
    pass(LEFT_TO_ITSELF_MS);
    await becomes(invitee, ['SeatReserved', 'SeatReleased']);
    await becomes(inviter, ['InviteSent', 'InviteCancelled']);
  });

  it('is completed: a game that was finished for one of the two', async () => {
    const { inviter, invitee } = await invited();
    const accepted = await send(invitee, { type: 'accept_invitation', inviter });
    const gameId = accepted?.outcome === 'accepted' ? accepted.id : undefined;
    if (gameId === undefined) throw new Error('no game');
    deadly = { stream: streamOf('player', inviter), type: 'GameFinished' };
    const finishing = await send(inviter, { type: 'finish_game', gameId, asPlayer: true });
    expect(finishing).toMatchObject({ code: 'unavailable' });
    await becomes(invitee, ['SeatReserved', 'GameFinished']);
    await becomes(inviter, ['InviteSent', 'InviteAccepted']);
    deadly = null;
    pass(LEFT_TO_ITSELF_MS);
    await becomes(inviter, ['InviteSent', 'InviteAccepted', 'GameFinished']);
  });
});
