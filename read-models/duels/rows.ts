import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { KnownRows } from '../known-rows.ts';
import type { RelationshipRows } from '../relationships/rows.ts';
import type { Database, RoomRows, TableWrite } from '../room.ts';
import { userKey } from '../user-key.ts';
import type { UserRows } from '../users/room.ts';
import { type KnownDuel, readDuels, readDuelsOf } from './row-reads.ts';
import { deleteDuels, upsertDuels } from './row-writes.ts';
import type { DuelsTable } from './tables.ts';

/** How many are remembered besides what has changed: some megabytes. */
const REMEMBERED = { duels: 10_000, inviters: 20_000 };

/** Of the rooms that this one builds on. */
export interface RowsBefore {
  readonly users: UserRows;
  readonly relationships: RelationshipRows;
}

/** What an inviter is engaged in; null: nothing. */
interface InviterEngagement extends Pick<DuelsTable, 'inviter_key'> {
  readonly invitation_id: string | null;
}

/** What the leader holds of duels. */
export class DuelRows implements RoomRows {
  readonly before: RowsBefore;
  /** Also those that are over, as they have to be deleted. */
  readonly #duels: KnownRows<string, KnownDuel>;
  /** By the inviter's key: derived from the rows, never written. */
  readonly #engagements: KnownRows<string, InviterEngagement>;

  constructor(before: RowsBefore, remembered = REMEMBERED) {
    this.before = before;
    this.#duels = new KnownRows(remembered.duels);
    this.#engagements = new KnownRows(remembered.inviters);
  }

  /** undefined: nothing is left of it, or there never was one. */
  find(invitationId: string): KnownDuel | undefined {
    const duel = this.#duels.get(invitationId);
    return duel && isOver(duel) ? undefined : duel;
  }

  /** The one that this user has sent, or plays after having sent it, as far as events of the batch ask. */
  findOf(inviterKey: string): KnownDuel | undefined {
    const engagement = this.#engagements.get(inviterKey);
    if (!engagement) throw new Error('an inviter who was not loaded');
    return engagement.invitation_id === null ? undefined : this.find(engagement.invitation_id);
  }

  /** As `findOf`, if it is for this invitee and has not been answered. */
  findPending(inviterKey: string, inviteeKey: string): KnownDuel | undefined {
    const duel = this.findOf(inviterKey);
    return duel && isPending(duel) && duel.invitee_key === inviteeKey ? duel : undefined;
  }

  /** It is due at the first of the dates that it has. */
  set(duel: Omit<KnownDuel, 'due_at'>): void {
    const { invitation_id, inviter_key, inviter_is_engaged } = duel;
    const wasEngaged = this.find(invitation_id)?.inviter_is_engaged ?? false;
    this.#duels.set(invitation_id, { ...duel, due_at: firstOf(duel) });
    if (inviter_is_engaged !== wasEngaged)
      this.#engagements.set(inviter_key, {
        inviter_key,
        invitation_id: inviter_is_engaged ? invitation_id : null,
      });
  }

  /** Those that somebody is engaged in are looked up first: the rows that this brings are then known by their ids. */
  async load(database: Database, events: readonly RecordedEvent[]): Promise<void> {
    const { invitationIds, inviters, people } = neededBy(events);
    if (invitationIds.size + inviters.size === 0) return;
    await this.before.users.loadProfiles(database, people);
    await this.#loadEngagements(database, inviters);
    for (const key of inviters) {
      const engagedIn = this.#engagements.get(key)?.invitation_id ?? null;
      if (engagedIn !== null) invitationIds.add(engagedIn);
    }
    await this.#loadDuels(database, invitationIds);
  }

  async #loadEngagements(database: Database, inviters: Iterable<string>): Promise<void> {
    const missing = this.#engagements.missing(inviters);
    if (missing.length === 0) return;
    for (const duel of await readDuelsOf(database, missing)) {
      const { inviter_key, invitation_id } = duel;
      this.#engagements.remember(inviter_key, { inviter_key, invitation_id });
      this.#duels.remember(invitation_id, duel);
    }
    for (const inviter_key of missing)
      this.#engagements.remember(inviter_key, { inviter_key, invitation_id: null });
  }

  async #loadDuels(database: Database, invitationIds: Iterable<string>): Promise<void> {
    const missing = this.#duels.missing(invitationIds);
    if (missing.length === 0) return;
    for (const duel of await readDuels(database, missing)) this.#duels.remember(duel.invitation_id, duel);
  }

  takeWrites(): TableWrite[] {
    this.#engagements.take();
    const changed = this.#duels.take();
    return [upsertDuels(changed.filter((duel) => !isOver(duel))), deleteDuels(changed.filter(isOver))];
  }

  written(): void {
    this.#engagements.written();
    this.#duels.written();
  }
}

/** Nobody has accepted yet. */
export const isPending = ({ inviter_is_engaged, game_id }: KnownDuel): boolean =>
  inviter_is_engaged && game_id === null;

function firstOf({ expires_at, step_due_at, block_due_at, gone_due_at }: Omit<KnownDuel, 'due_at'>): string {
  let first = expires_at;
  for (const date of [step_due_at, block_due_at, gone_due_at])
    if (date !== null && date < first) first = date;
  return first;
}

/** It keeps nobody busy. */
const isOver = ({ inviter_is_engaged, has_seat }: KnownDuel): boolean => !inviter_is_engaged && !has_seat;

/** What the fold of a batch builds on. Users are named by their keys. */
function neededBy(events: readonly RecordedEvent[]) {
  const [invitationIds, inviters, people] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { event } of events) {
    switch (event.type) {
      case 'InviteSent':
        inviters.add(userKey(event.data.inviter)).add(userKey(event.data.invitee));
        people.add(userKey(event.data.inviter));
        invitationIds.add(event.data.invitationId);
        break;
      case 'InviteDeclined':
      case 'InviteCancelled':
      case 'InviteExpired':
        inviters.add(userKey(event.data.inviter)).add(userKey(event.data.invitee));
        people.add(userKey(event.data.inviter)).add(userKey(event.data.invitee));
        invitationIds.add(event.data.invitationId);
        break;
      case 'InviteAccepted':
        people.add(userKey(event.data.inviter)).add(userKey(event.data.invitee));
        invitationIds.add(event.data.invitationId);
        break;
      case 'SeatReserved':
      case 'SeatReleased':
      case 'GameFinished':
        invitationIds.add(event.data.invitationId);
        break;
      case 'UserCameOnline':
      case 'UserWentOffline':
        inviters.add(userKey(event.data.username));
        break;
      case 'UserBlocked':
      case 'UserUnblocked':
        inviters.add(userKey(event.data.blocker)).add(userKey(event.data.blocked));
        break;
    }
  }
  return { invitationIds, inviters, people };
}
