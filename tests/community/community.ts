import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { execute } from '../../command-service/commands.ts';
import { AppendOrder } from '../../command-service/decide-and-append.ts';
import { duelConfiguration, duelLimits } from '../../command-service/duel-limits.ts';
import { RelationshipMemory } from '../../command-service/relationship-memory.ts';
import type { Folded } from '../../projection-service/folding.ts';
import { landmarksAfter, NO_LANDMARKS } from '../../projection-service/landmarks.ts';
import { type Checkpoint, writeRows } from '../../projection-service/write-rows.ts';
import type { Command, CommandReply } from '../../protocol/commands.ts';
import type { Audience } from '../../protocol/pushes.ts';
import type { TableWrite } from '../../read-models/room.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { ReadSide } from '../projection-service/read-side.ts';
import { TEST_LOG } from '../projection-service/scripted-log.ts';
import { MemoryLog } from '../support/memory-log.ts';

/**
 * All of Rally but its services: commands are decided and appended as the command service does, events are folded, told and written as
 * the projection service does, step by step, and read by its queries. What else happens between two steps is for a test to say.
 */
export class Community {
  readonly log = new MemoryLog();
  readonly side: ReadSide;
  readonly #relationships = new RelationshipMemory(this.log);
  readonly #onTold: (told: Folded) => void;
  /** How many events. */
  #folded = 0;
  #writing: { readonly writes: readonly TableWrite[]; readonly next: Checkpoint } | null = null;

  /** `onTold` is told of all frames and states as they leave, also when a later leader tells them again. */
  constructor(side: ReadSide, onTold: (told: Folded) => void) {
    this.side = side;
    this.#onTold = onTold;
  }

  ask(actor: string, command: Command, date: string): Promise<CommandReply> {
    return execute(command, {
      actor,
      date,
      commandId: randomUUID(),
      correlationId: '',
      deadline: Number.POSITIVE_INFINITY,
      askedBefore: false,
      store: this.log,
      order: new AppendOrder(),
      conflictRetries: 0,
      onConflict() {},
      duelLimits: duelLimits(duelConfiguration.parse({})),
      relationships: this.#relationships,
    });
  }

  /** Users have been told of everything up to there. */
  get published(): bigint {
    return this.side.leadership.published;
  }

  get isFolded(): boolean {
    return this.#folded === this.log.events.length;
  }

  /** `writeEnds`: a write that is under way ends before the rows that are loaded for the events have come. */
  async fold(limit: number, writeEnds = false): Promise<void> {
    const { leadership } = this.side;
    const events = this.log.events.slice(this.#folded, this.#folded + limit);
    const last = events.at(-1);
    if (!last) return;
    await leadership.memory.load(
      {
        query: async <Row extends pg.QueryResultRow>(query: string | pg.QueryConfig) => {
          const answer = await leadership.client.query<Row>(query);
          if (writeEnds) await this.endWrite();
          return answer;
        },
      },
      events,
    );
    const told = leadership.memory.fold(events, TEST_LOG);
    leadership.published = last.position;
    this.#folded += events.length;
    this.#onTold(told);
  }

  beginWrite(): void {
    const last = this.log.events[this.#folded - 1];
    if (this.#writing || !last || last.position === this.side.leadership.position) return;
    const next = { position: last.position, filled: true, landmarks: landmarksAfter(NO_LANDMARKS, [last]) };
    this.#writing = { writes: this.side.leadership.memory.takeWrites(), next };
  }

  async endWrite(): Promise<void> {
    if (!this.#writing) return;
    const { writes, next } = this.#writing;
    this.#writing = null;
    await writeRows(this.side.leadership, writes, next);
    this.side.leadership.memory.written();
  }

  /** As the next leader: what was not written is folded and told again. */
  changeLeader(): void {
    const { memory, position } = this.side.leadership;
    memory.forget();
    this.side.leadership.published = position;
    this.#writing = null;
    this.#folded = this.log.events.filter((event) => event.position <= position).length;
  }

  /** All that users were told of. */
  async writeFolded(): Promise<void> {
    await this.endWrite();
    this.beginWrite();
    await this.endWrite();
  }

  /** All that was asked for is folded, told and written. */
  async catchUp(): Promise<void> {
    await this.fold(this.log.events.length);
    await this.writeFolded();
  }
}

export const isFor = (username: string, to: Audience): boolean =>
  'users' in to ? to.users.includes(userKey(username)) : !to.everyoneBut.includes(userKey(username));
