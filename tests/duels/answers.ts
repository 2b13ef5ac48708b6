import type { DomainEvent } from '../../domain/domain-event.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { Command } from '../../protocol/commands.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { Asked } from './arena.ts';
import { engagements, isBlocked, isSending, type Picture } from './referee.ts';

/** What an accepted command stands for in the log. */
const STORED = {
  send_invitation: 'InviteSent',
  accept_invitation: 'InviteAccepted',
  decline_invitation: 'InviteDeclined',
  cancel_invitation: 'InviteCancelled',
  block_user: 'UserBlocked',
  unblock_user: 'UserUnblocked',
  create_tournament: 'TournamentCreated',
} as const;

type Answered = Command & { readonly type: keyof typeof STORED };

const isAnswered = (command: Command): command is Answered => Object.hasOwn(STORED, command.type);

/** Who else is meant. */
function otherOf(command: Command): string {
  switch (command.type) {
    case 'send_invitation':
    case 'cancel_invitation':
      return userKey(command.invitee);
    case 'accept_invitation':
    case 'decline_invitation':
      return userKey(command.inviter);
    case 'block_user':
    case 'unblock_user':
      return userKey(command.blocked);
    default:
      return '';
  }
}

/** A block is answered with the place of the last thing that it has brought about. */
const isOfBlock = ({ type }: Command, event: DomainEvent): boolean =>
  type === 'block_user' && event.type === 'InviteCancelled' && event.data.reason === 'block';

/**
 * Throws when an answer is not true: what was accepted stands in the log where the answer says, and the reason of a refusal held at some
 * moment between question and answer. `pictures`: how things stood after so many events. `isRepeated`:
 * the command was given more than once, and may have led to something by another.
 */
export function judgeAnswer(
  asked: Asked,
  log: readonly RecordedEvent[],
  pictures: readonly Picture[],
  isRepeated: boolean,
): void {
  const { actor, command, commandId, reply, from, to } = asked;
  if (reply === null || reply === 'unavailable' || command.type === 'settle_duel') return;
  const meanwhile = pictures.slice(from, to + 1);
  const wrong = (why: string) =>
    new Error(`${actor}'s ${command.type} is answered ${JSON.stringify(reply)}, but ${why}`);

  if (reply.outcome === 'refused') {
    const { code } = reply;
    if (!meanwhile.some((picture) => isTrue(code, picture, asked)))
      throw wrong('that was never so meanwhile');
    const taken = pictures.at(-1)?.duels.find(({ seatBy }) => seatBy === commandId);
    if (taken?.status === 'accepted' && !isRepeated) throw wrong('it has led to a game');
    return;
  }
  if (command.type === 'finish_game') {
    const game = pictures[to]?.duels.find(({ gameId }) => gameId === command.gameId);
    if (!game || game.over.length < 2) throw wrong('the game goes on');
    return;
  }
  if (!isAnswered(command)) return;
  const stored = log.find(({ position }) => `${position}` === reply.position)?.event;
  if (stored?.type !== STORED[command.type] && !(stored && isOfBlock(command, stored)))
    throw wrong(`there stands ${stored?.type}`);
  if ('invitationId' in stored.data) {
    const { inviter, invitee, invitationId } = stored.data;
    const other = otherOf(command);
    const isTheirs = [inviter, invitee].map(userKey).sort().join() === [userKey(actor), other].sort().join();
    if (!isTheirs) throw wrong('that is between others');
    if (command.type === 'send_invitation' && invitationId !== reply.id) throw wrong('that is another one');
  }
  if (stored.type === 'InviteAccepted' && stored.data.gameId !== reply.id)
    throw wrong('that is another game');
}

/** Whether this is a reason to refuse, as things stand. */
function isTrue(code: ErrorCode, picture: Picture, { actor, command }: Asked): boolean {
  const [key, other] = [userKey(actor), otherOf(command)];
  const [inviter, invitee] = command.type === 'cancel_invitation' ? [key, other] : [other, key];
  const between = picture.duels.filter((duel) => duel.inviter === inviter && duel.invitee === invitee);
  const isPending = between.some(({ status }) => status === 'pending');
  switch (code) {
    case 'in_game':
      return engagements(picture, key).some((duel) => !isSending(duel, key));
    case 'invitation_pending':
      return picture.duels.some((duel) => isSending(duel, key));
    case 'invitation_not_found':
      return !isPending;
    case 'invitation_expired':
      return !isPending && between.at(-1)?.status === 'expired';
    case 'not_invitable':
      return isBlocked(picture, key, other);
    case 'already_blocked':
      return picture.blocks.includes(`${key} ${other}`);
    case 'not_blocked':
      return !picture.blocks.includes(`${key} ${other}`);
    case 'tournament_open':
      return picture.announcers.includes(key);
    case 'forbidden':
      return command.type === 'finish_game' && !isOf(key, picture, command.gameId);
    default:
      return false;
  }
}

const isOf = (key: string, { duels }: Picture, game: string): boolean =>
  duels.some(({ gameId, inviter, invitee }) => gameId === game && [inviter, invitee].includes(key));
