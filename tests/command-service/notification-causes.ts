import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../domain/domain-event.ts';
import type { TournamentCreated } from '../../domain/tournament.ts';
import { referenceTo } from '../../platform/event-store/event-reference.ts';
import { NO_STREAM, type RecordedEvent } from '../../platform/event-store/event-store.ts';
import { pairId, type StreamName, streamOf } from '../../platform/event-store/stream-name.ts';
import type { CommandOf } from '../../protocol/commands.ts';
import type { RunningCommandService } from './running-command-service.ts';

type LogOf = Pick<RunningCommandService, 'store'>;

const date = '2026-01-02T03:04:05.678Z';

/** Appended as it is, whatever any rule says, at the end of the stream. */
export async function logged<E extends DomainEvent>(
  { store }: LogOf,
  stream: StreamName<E>,
  event: E,
): Promise<RecordedEvent> {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const metadata = { commandId: randomUUID(), correlationId: 'test', causationId: 'test', actor: 'test' };
  const appended = await store.append(stream, last?.revision ?? NO_STREAM, [
    { id: randomUUID(), event, metadata: { ...metadata, schemaVersion: '1' } },
  ]);
  const recorded = appended.outcome === 'appended' && (await store.readAt(appended.position));
  if (!recorded) throw new Error('not appended');
  return recorded;
}

export const friendAdded = (log: LogOf, adder: string, friend: string, isNews = true) =>
  logged(log, streamOf('relationship', pairId(adder, friend)), {
    type: 'FriendAdded',
    data: { adder, friend, isNews, date },
  });

export const tournamentCreated = (log: LogOf, creator: string) =>
  logged(log, streamOf('tournament', creator), newTournament(creator));

export const newTournament = (creator: string, tournamentId: string = randomUUID()): TournamentCreated => ({
  type: 'TournamentCreated',
  data: {
    tournamentId,
    name: 'Spring cup',
    requiredParticipants: 8,
    alias: 'annie',
    settings: { score_to_win: 5, game_speed: 'medium', ranked: false, time_limit: 3, cool_mode: false },
    creator,
    date,
  },
});

/** Reads the notification that follows from this event. */
export const readOf = (cause: RecordedEvent): CommandOf<'read_notification'> =>
  readNotification(referenceTo(cause));

export const readNotification = (notificationId: string): CommandOf<'read_notification'> => ({
  type: 'read_notification',
  notificationId,
});
