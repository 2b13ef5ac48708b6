import type { Given } from '../../platform/postgres/prepared-query.ts';
import type { Self } from '../../protocol/http-resources.ts';
import { engagementOf } from '../duels/engagement.ts';
import { readerOf, unreadCount } from '../notifications/reader.ts';
import type { Reads, Snapshot } from '../snapshot.ts';
import { openTournamentOf } from '../tournaments/tournament-view.ts';
import { userKey } from '../user-key.ts';

export function prepareSelf({ db, prepare }: Reads) {
  const find = prepare((given: Given<{ key: string }>) =>
    db
      .selectFrom(readerOf(db, given('key')))
      .leftJoinLateral(
        (eb) => engagementOf(eb.ref('reader.user_key')).as('engagement'),
        (join) => join.onTrue(),
      )
      .leftJoin('users as opponent', 'opponent.user_key', 'engagement.opponent_key')
      .leftJoin('user_counters as counters', 'counters.user_key', 'reader.user_key')
      .select([
        'reader.username',
        'reader.nickname',
        'reader.avatar',
        'reader.is_online',
        'counters.unread_messages',
      ])
      .select(['engagement.invitation_id as engaged_in', 'engagement.game_id'])
      .select([
        'opponent.username as opponent_username',
        'opponent.nickname as opponent_nickname',
        'opponent.avatar as opponent_avatar',
      ])
      .select(unreadCount.as('unread_notifications'))
      .select((eb) => openTournamentOf(eb.ref('reader.user_key')).as('tournament_id')),
  );

  /** null: nobody, or not projected yet. */
  return async (username: string): Promise<Snapshot<Self | null>> => {
    const { rows, upTo } = await find({ key: userKey(username) });
    const [found] = rows;
    const answer = found && {
      username: found.username,
      nickname: found.nickname,
      avatar: found.avatar,
      is_online: found.is_online,
      unread_messages_count: found.unread_messages ?? 0,
      unread_notifications_count: found.unread_notifications,
      game_id: found.game_id,
      is_engaged_in_game: found.engaged_in !== null,
      opponent: opponentOf(found),
      tournament_id: found.tournament_id,
    };
    return { answer: answer ?? null, upTo };
  };
}

interface FoundOpponent {
  readonly opponent_username: string | null;
  readonly opponent_nickname: string | null;
  readonly opponent_avatar: string | null;
}

function opponentOf(found: FoundOpponent): Self['opponent'] {
  const { opponent_username: username, opponent_nickname: nickname, opponent_avatar: avatar } = found;
  return username === null || nickname === null || avatar === null ? null : { username, nickname, avatar };
}
