import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { KnownRows } from '../known-rows.ts';
import { type Database, placeIn, type RoomRows, type TableWrite, UnprojectableEvent } from '../room.ts';
import { userKey } from '../user-key.ts';
import { nodesAbove, nodesBelow } from './open-tree.ts';
import {
  type KnownTournament,
  readLastNumber,
  readNodes,
  readOpenBeyond,
  readPositions,
  readTournaments,
  readTournamentsOf,
} from './row-reads.ts';
import { upsertNodes, upsertTournaments } from './row-writes.ts';
import { ALL_OPEN, type OpenTournamentsTable } from './tables.ts';

/** How many are remembered besides what has changed: some megabytes. */
const REMEMBERED = { tournaments: 5000, nodes: 5000 };

/** What the leader holds of tournaments, also for the rooms that tell of their announcements. */
export class TournamentRows implements RoomRows {
  /** Where each was announced, by its id. */
  readonly #positions: KnownRows<string, bigint>;
  /** By position. */
  readonly #tournaments: KnownRows<bigint, KnownTournament>;
  readonly #nodes: KnownRows<number, Readonly<OpenTournamentsTable>>;
  /** The last number that was given; null: not looked up yet. */
  #last: number | null = null;
  /** Of each creator who is erased in this batch, the positions of all tournaments up to there. */
  #ofErased = new Map<string, Set<bigint>>();
  /** Positions of all that may be open beyond the lowest place that is asked about in this batch. */
  #beyond = new Set<bigint>();

  constructor(remembered = REMEMBERED) {
    this.#positions = new KnownRows(remembered.tournaments);
    this.#tournaments = new KnownRows(remembered.tournaments);
    this.#nodes = new KnownRows(remembered.nodes);
  }

  /** Of an event that was loaded. Throws `UnprojectableEvent` when it was never announced. */
  tournament(tournamentId: string): KnownTournament {
    const position = this.#positions.get(tournamentId);
    const tournament = position === undefined ? undefined : this.#tournaments.get(position);
    if (!tournament) throw new UnprojectableEvent('of a tournament that was never announced');
    return tournament;
  }

  /** What was announced where the cause of a `NotificationRead` stands; undefined: something else stands there. */
  announcedAt(position: bigint): KnownTournament | undefined {
    return this.#tournaments.get(position);
  }

  /** For an `AllNotificationsRead` up to this place: what was announced beyond it and is open, in the order of the log. */
  openBeyond(position: bigint): KnownTournament[] {
    const open: KnownTournament[] = [];
    for (const place of this.#beyond) {
      const tournament = this.#tournaments.get(place);
      if (place > position && tournament?.is_open) open.push(tournament);
    }
    return open.sort((a, b) => a.number - b.number);
  }

  /** Gives the next number to a tournament that is open. */
  announce(tournament: Omit<KnownTournament, 'number' | 'is_open'>): void {
    const { tournament_id, position } = tournament;
    if (this.#positions.get(tournament_id) !== undefined)
      throw new UnprojectableEvent('of a tournament that was announced before');
    const number = this.#lastNumber() + 1;
    const below = nodesBelow(number).map((node) => this.#openIn(node));
    const all = this.#openIn(ALL_OPEN);
    this.#positions.set(tournament_id, position);
    this.#tournaments.set(position, { ...tournament, number, is_open: true });
    this.#beyond.add(position);
    this.#ofErased.get(tournament.creator_key)?.add(position);
    this.#last = number;
    this.#setOpen(
      number,
      below.reduce((open, more) => open + more, 1),
    );
    this.#setOpen(ALL_OPEN, all + 1);
  }

  close(tournamentId: string): void {
    const tournament = this.tournament(tournamentId);
    if (!tournament.is_open) throw new UnprojectableEvent('of a tournament that was closed before');
    const { number, position } = tournament;
    const nodes = [ALL_OPEN, number, ...nodesAbove(number, this.#lastNumber())];
    const open = nodes.map((node) => this.#openIn(node));
    this.#tournaments.set(position, { ...tournament, is_open: false });
    for (const [index, node] of nodes.entries()) this.#setOpen(node, (open[index] ?? 0) - 1);
  }

  /** All that this user, whose erasure was loaded, has announced up to here. */
  blankThoseOf(username: string): void {
    for (const position of this.#ofErased.get(userKey(username)) ?? []) {
      const tournament = this.#tournaments.get(position);
      if (tournament) this.#tournaments.set(position, { ...tournament, name: '', alias: username });
    }
  }

  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const { announced, closed, causes, marked, erased } = neededBy(events);
    this.#beyond = new Set();
    this.#ofErased = new Map(erased.map((creator) => [creator, new Set()]));
    if (announced.length + closed.length > 0) {
      this.#last ??= await readLastNumber(database);
      await this.#loadPositions(database, [...announced, ...closed]);
    }
    await this.#loadTournaments(database, [
      ...causes,
      ...closed.flatMap((id) => this.#positions.get(id) ?? []),
    ]);
    if (marked !== null) await this.#loadBeyond(database, marked);
    if (erased.length > 0) await this.#loadThoseOf(database, erased);
    if (announced.length + closed.length > 0) await this.#loadNodes(database, announced.length, closed);
  }

  async #loadPositions(database: Database, tournamentIds: readonly string[]): Promise<void> {
    const missing = this.#positions.missing(tournamentIds);
    if (missing.length === 0) return;
    for (const { tournament_id, position } of await readPositions(database, missing)) {
      this.#positions.remember(tournament_id, position);
    }
  }

  async #loadTournaments(database: Database, positions: readonly bigint[]): Promise<void> {
    const missing = this.#tournaments.missing(positions);
    if (missing.length === 0) return;
    for (const tournament of await readTournaments(database, missing)) this.#remember(tournament);
  }

  /** What is not written yet, as far as anybody knows, may be missing from what the database answers, or closed. */
  async #loadBeyond(database: Database, position: bigint): Promise<void> {
    const unwritten = this.#tournaments.unwritten();
    const written = await readOpenBeyond(database, position);
    for (const tournament of written) this.#remember(tournament);
    for (const { position } of [...unwritten, ...written]) this.#beyond.add(position);
  }

  /** What is not written yet may be missing from what the database answers. */
  async #loadThoseOf(database: Database, creators: readonly string[]): Promise<void> {
    const unwritten = this.#tournaments.unwritten();
    const written = await readTournamentsOf(database, creators);
    for (const tournament of written) this.#remember(tournament);
    for (const { creator_key, position } of [...unwritten, ...written])
      this.#ofErased.get(creator_key)?.add(position);
  }

  /** Those of numbers that are given in this batch do not exist yet. */
  async #loadNodes(database: Database, announced: number, closed: readonly string[]): Promise<void> {
    const last = this.#lastNumber();
    const upTo = last + announced;
    const needed = [ALL_OPEN];
    for (let number = last + 1; number <= upTo; number += 1) needed.push(...nodesBelow(number));
    for (const id of closed) {
      const position = this.#positions.get(id);
      const tournament = position === undefined ? undefined : this.#tournaments.get(position);
      if (tournament) needed.push(tournament.number, ...nodesAbove(tournament.number, last));
    }
    const missing = this.#nodes.missing(needed.filter((node) => node <= last));
    if (missing.length === 0) return;
    for (const row of await readNodes(database, missing)) this.#nodes.remember(row.node, row);
    this.#nodes.remember(ALL_OPEN, { node: ALL_OPEN, open: 0 });
  }

  #remember(tournament: KnownTournament): void {
    this.#tournaments.remember(tournament.position, tournament);
  }

  #lastNumber(): number {
    if (this.#last === null) throw new Error('the last number was not looked up');
    return this.#last;
  }

  #openIn(node: number): number {
    const found = this.#nodes.get(node);
    if (!found) throw new Error(`node ${node} was not loaded`);
    return found.open;
  }

  #setOpen(node: number, open: number): void {
    this.#nodes.set(node, { node, open });
  }

  takeWrites(): TableWrite[] {
    this.#positions.take();
    return [upsertTournaments(this.#tournaments.take()), upsertNodes(this.#nodes.take())];
  }

  written(): void {
    this.#positions.written();
    this.#tournaments.written();
    this.#nodes.written();
  }
}

interface Needed {
  /** Ids. */
  readonly announced: readonly string[];
  readonly closed: readonly string[];
  /** Of what was read: it may have been a tournament. */
  readonly causes: readonly bigint[];
  /** The lowest place up to which a user marks all as read; null: nobody does. */
  readonly marked: bigint | null;
  /** Keys of creators. */
  readonly erased: readonly string[];
}

function neededBy(events: readonly RecordedEvent[]): Needed {
  const [announced, closed, erased]: [string[], string[], string[]] = [[], [], []];
  const causes: bigint[] = [];
  let marked: bigint | null = null;
  for (const { event } of events) {
    if (event.type === 'TournamentCreated') announced.push(event.data.tournamentId);
    if (event.type === 'TournamentClosed') closed.push(event.data.tournamentId);
    if (event.type === 'UserErased' || event.type === 'ErasureCompleted')
      erased.push(userKey(event.data.username));
    if (event.type === 'NotificationRead') causes.push(...placesIn(event.data.causePosition));
    if (event.type !== 'AllNotificationsRead') continue;
    for (const place of placesIn(event.data.upTo)) if (marked === null || place < marked) marked = place;
  }
  return { announced, closed, causes, marked, erased };
}

const placesIn = (text: string): readonly bigint[] => {
  const place = placeIn(text);
  return place === null ? [] : [place];
};
