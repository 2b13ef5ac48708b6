import type pg from 'pg';
import { Registry } from 'prom-client';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect } from 'vitest';
import { duelConfiguration } from '../../command-service/duel-limits.ts';
import { startCommandService } from '../../command-service/start-command-service.ts';
import type { DomainEvent, EventIn, StreamCategory } from '../../domain/domain-event.ts';
import { housekeepingConfiguration } from '../../housekeeping/configuration.ts';
import { startHousekeeping } from '../../housekeeping/start-housekeeping.ts';
import { type EventStore, EventStoreUnavailable } from '../../platform/event-store/event-store.ts';
import { openPostgresEventStore } from '../../platform/event-store/postgres/postgres-event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { payloadOf, readPayload } from '../../platform/message-bus/payload.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { Parts } from '../../platform/service/service.ts';
import { projectionConfiguration } from '../../projection-service/configuration.ts';
import { startProjectionService } from '../../projection-service/start-projection-service.ts';
import { type Command, type CommandReply, commandReplies, commandRequest } from '../../protocol/commands.ts';
import { COMMANDS } from '../../protocol/subjects.ts';
import { openReadModels, type ReadModels } from '../../read-models/read-models.ts';
import { eventually } from '../support/patience.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { silent } from './running-housekeeping.ts';

/** Such an event in this stream is not stored, as if the command service had been killed before. */
interface Deadly {
  readonly stream: string;
  readonly type: DomainEvent['type'];
}

/** Housekeeping with all that it works with, in one process and on one database, for all tests of a file. Time passes when a test says so. */
export class WholeHouse {
  readonly #parts = new Parts();
  readonly #bus = createInProcessBus({ logger: silent });
  #store: EventStore | undefined;
  #pool: pg.Pool | undefined;
  #readModels: ReadModels | undefined;
  #now = new Date('2026-03-01T12:00:00.000Z');
  deadly: Deadly | null = null;

  async open(options: Readonly<Record<string, string>>): Promise<void> {
    const parts = this.#parts;
    const { url, drop } = await createTestDatabase();
    parts.onStop('database', drop);
    const store = await openPostgresEventStore({ url, logger: silent });
    parts.onStop('event store', () => store.close());
    const pool = createPostgresPool({ url, applicationName: 'test', max: 6, logger: silent });
    parts.onStop('pool', () => pool.end());
    [this.#store, this.#pool] = [store, pool];
    this.#readModels = openReadModels({ pool, logger: silent });
    const common = { bus: this.#bus, logger: silent, clock: () => this.#now };
    const projection = { ...common, store, pool, metrics: new Registry() };
    await parts.add(
      startProjectionService({ ...projection, configuration: projectionConfiguration.parse({}) }),
    );
    await parts.add(
      startCommandService({
        ...common,
        store: this.#mortal(store),
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
        configuration: housekeepingConfiguration.parse({ HOUSEKEEPING_INTERVAL_MS: '10', ...options }),
      }),
    );
  }

  close(): Promise<void> {
    return this.#parts.stop();
  }

  get pool(): pg.Pool {
    return opened(this.#pool);
  }

  get readModels(): ReadModels {
    return opened(this.#readModels);
  }

  get now(): Date {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
  }

  async send(actor: string, command: Command): Promise<CommandReply | undefined> {
    const asked = { commandId: newId(), correlationId: 'test', command };
    const request = payloadOf(commandRequest, { actor, commands: [asked], leftMs: 15_000 });
    const replies = readPayload(
      commandReplies,
      await this.#bus.request(COMMANDS, request, { timeoutMs: 15_000 }),
    );
    return Array.isArray(replies) ? replies[0] : replies;
  }

  /** All are accepted. */
  async sendAll(asked: readonly (readonly [actor: string, command: Command])[]): Promise<void> {
    for (const [actor, command] of asked)
      expect(await this.send(actor, command)).toMatchObject({ outcome: 'accepted' });
  }

  async eventsOf<Category extends StreamCategory>(
    category: Category,
    username: string,
  ): Promise<EventIn<Category>[]> {
    const stream = streamOf(category, username);
    const events = await opened(this.#store).readStream(stream, { direction: 'forwards', limit: 100 });
    return events.map(({ event }) => event);
  }

  /** Waits until these are the user's events. */
  becomes(category: StreamCategory, username: string, types: readonly DomainEvent['type'][]): Promise<void> {
    return eventually(async () => {
      const events = await this.eventsOf(category, username);
      expect(events.map(({ type }) => type)).toEqual(types);
    });
  }

  #mortal(store: EventStore): EventStore {
    return {
      ...store,
      append: async (stream, revision, events, ...rest) => {
        const { deadly } = this;
        if (stream === deadly?.stream && events.some(({ event }) => event.type === deadly.type))
          throw new EventStoreUnavailable('killed');
        return store.append(stream, revision, events, ...rest);
      },
    };
  }
}

function opened<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('not open yet');
  return part;
}

/** `options`: of housekeeping. */
export function useWholeHouse(options: Readonly<Record<string, string>> = {}): WholeHouse {
  const house = new WholeHouse();
  beforeAll(() => house.open(options));
  afterAll(() => house.close());
  return house;
}
