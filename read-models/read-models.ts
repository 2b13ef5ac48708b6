import { prepareChatList } from './chats/chat-list.ts';
import { prepareMessages } from './chats/messages.ts';
import { prepareOpenedChat } from './chats/opened-chat.ts';
import { prepareTypingTarget } from './chats/typing-target.ts';
import { prepareDueDuels } from './duels/due-duels.ts';
import { prepareMissed } from './feed/missed.ts';
import { prepareNotifications } from './notifications/notification-list.ts';
import { preparePresenceOf, preparePresenceSince } from './presence/presence-states.ts';
import {
  prepareDueDepartures,
  prepareSessionGateways,
  prepareSessions,
  prepareSessionsOfGateway,
} from './presence/session-lists.ts';
import { prepareProjectedPosition } from './progress/projected-position.ts';
import { prepareUserList } from './relationships/user-lists.ts';
import { createReads, type ReadsOptions } from './snapshot.ts';
import { prepareTournaments } from './tournaments/tournament-list.ts';
import { prepareTournament } from './tournaments/tournament-view.ts';
import { prepareDueErasures } from './users/due-erasures.ts';
import { prepareSearchUsers } from './users/search-users.ts';
import { prepareSelf } from './users/self.ts';
import { prepareProfile, prepareUser } from './users/user.ts';

export type ReadModels = ReturnType<typeof openReadModels>;

/**
 * The queries on the read models in use. Usernames in any case; null where the asked thing is not there for this caller.
 *
 * Each answer is one snapshot, and says which. None costs more as history, chats or users grow; a page costs more the larger
 * its `offset` (some microseconds a row, at most `OFFSET_LIMIT`), a search the more users block the caller, notifications and
 * `self` the more open tournaments the caller has read by themselves, or is not to see. `before` wins over `offset`; one that is
 * no cursor of that list rejects with `InvalidPageCursor`.
 * An unreachable database, or one whose read models have not been filled yet, rejects with `ReadModelsUnavailable`.
 */
export function openReadModels(options: ReadsOptions) {
  const reads = createReads(options);
  return {
    self: prepareSelf(reads),
    searchUsers: prepareSearchUsers(reads),
    user: prepareUser(reads),
    profile: prepareProfile(reads),
    friends: prepareUserList(reads, 'friends'),
    blockedUsers: prepareUserList(reads, 'blocked_users'),
    chats: prepareChatList(reads),
    openedChat: prepareOpenedChat(reads),
    messages: prepareMessages(reads),
    typingTarget: prepareTypingTarget(reads),
    presenceOf: preparePresenceOf(reads),
    presenceSince: preparePresenceSince(reads),
    notifications: prepareNotifications(reads),
    tournaments: prepareTournaments(reads),
    tournament: prepareTournament(reads),
    dueDuels: prepareDueDuels(reads),
    dueErasures: prepareDueErasures(reads),
    dueDepartures: prepareDueDepartures(reads),
    sessions: prepareSessions(reads),
    sessionGateways: prepareSessionGateways(reads),
    sessionsOfGateway: prepareSessionsOfGateway(reads),
    missed: prepareMissed(reads),
    projectedPosition: prepareProjectedPosition(reads),
  };
}
