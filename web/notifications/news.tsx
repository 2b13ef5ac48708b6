import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { EventFrame, PushOf } from '../../client/index.ts';
import { GameOptions } from '../duel/game-options-form.tsx';
import { InvitationAnswer } from '../duel/invitation-answer.tsx';
import { dictionary, isolated, useWords } from '../kit/dictionary.ts';
import { Link } from '../kit/link.tsx';
import { useProfileOf } from '../kit/profile-of.ts';
import { useReadable } from '../kit/readable.ts';
import type { Route } from '../kit/routes.ts';
import { type Toast, useRally, useSurroundings } from '../kit/surroundings.ts';
import { useDuelNews } from './duel-news.tsx';

/** What is told, and how to those who hear it. */
interface NewsItem extends Toast {
  readonly said: string;
}

interface NewsProps {
  readonly route: Route | null;
  /** Each of them, also what is seen where it stands. */
  onNews(news: Pick<NewsItem, 'key' | 'said'>): void;
}

/** Tells of what happens elsewhere, as it happens, by toasts. What was missed is not told late: it stands in the lists. */
export function News({ route, onNews }: NewsProps) {
  const { rally, showToast, announce } = useSurroundings();
  const username = useReadable(rally.stores.me)?.username;
  const newsOf = useNewsOf();
  useDuelNews(route);
  useDismissalOfSeen(route);
  const tell = (frame: EventFrame) => {
    const news = newsOf(frame);
    const isOwn = frame.action === 'new_message' && frame.data.sender === username;
    if (!news || isOwn) return;
    onNews(news);
    if (isChatOf(route, frame)) return;
    announce(news.said);
    if (!listsInvitations(route) || frame.action !== 'game_invite') showToast(news);
  };
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(
    () =>
      rally.live.onPush((frame, { isReplayed }) => {
        if ('cursor' in frame && !isReplayed) latest.current(frame);
      }),
    [rally],
  );
  return null;
}

const chatKey = (username: string): string => `chat-${username.toLowerCase()}`;

/** What tells of something that is looked at by now has done its work. */
function useDismissalOfSeen(route: Route | null): void {
  const { rally, dismissToast } = useSurroundings();
  useEffect(() => {
    if (route?.page === 'chat' && route.username !== undefined) dismissToast(chatKey(route.username));
    if (listsInvitations(route)) for (const { id } of rally.stores.duel.invitations.get()) dismissToast(id);
  }, [route]);
}

/** It is seen where it stands. */
const isChatOf = (route: Route | null, frame: EventFrame): boolean =>
  frame.action === 'new_message' &&
  route?.page === 'chat' &&
  route.username?.toLowerCase() === frame.data.sender.toLowerCase();

const listsInvitations = (route: Route | null): boolean =>
  route?.page === 'duel' || route?.page === 'notifications';

/** null: it is no news. */
function useNewsOf(): (frame: EventFrame) => NewsItem | null {
  const words = useWords(WORDS);
  return (frame) => {
    switch (frame.action) {
      case 'new_message': {
        const { sender, content } = frame.data;
        const key = chatKey(sender);
        const text = <MessageNews key={sender} toast={key} {...frame.data} />;
        return { key, text, said: `${isolated(sender)}: ${content}` };
      }
      case 'new_friend': {
        const { id, username, nickname } = frame.data;
        const text = words.friend(<ToastLink toast={id} to={{ page: 'user', username }} name={nickname} />);
        return { key: id, text, said: words.friendSaid(isolated(nickname)) };
      }
      case 'new_tournament': {
        const { id, nickname, tournament_id, tournament_name } = frame.data;
        const to: Route = { page: 'tournaments', id: tournament_id };
        const link = <ToastLink toast={id} to={to} name={tournament_name} />;
        const said = words.tournamentSaid(isolated(nickname), isolated(tournament_name));
        return { key: id, text: words.tournament(<bdi>{nickname}</bdi>, link), said };
      }
      case 'game_invite': {
        const { id, username, nickname } = frame.data;
        return {
          key: id,
          text: (
            <>
              {words.invitation(<bdi>{nickname}</bdi>)}
              <GameOptions settings={frame.data.settings} />
            </>
          ),
          actions: (dismiss) => <PendingAnswer id={id} inviter={username} onOver={dismiss} />,
          said: words.invitationSaid(isolated(nickname)),
        };
      }
      default:
        return null;
    }
  };
}

interface ToastLinkProps {
  readonly toast: string;
  readonly to: Route;
  readonly name: string;
}

/** Whoever follows it has read the toast. */
function ToastLink({ toast, to, name }: ToastLinkProps) {
  const { dismissToast } = useSurroundings();
  return (
    <Link to={to} onLeave={() => dismissToast(toast)}>
      <bdi>{name}</bdi>
    </Link>
  );
}

type Message = Pick<PushOf<'new_message'>['data'], 'sender' | 'content'>;

/** Frames name the sender, and nothing else of them. */
function MessageNews({ toast, sender, content }: Message & { readonly toast: string }) {
  const { nickname } = useProfileOf(sender);
  return (
    <>
      <ToastLink toast={toast} to={{ page: 'chat', username: sender }} name={nickname} />
      <p class="toast-message" dir="auto">
        {content}
      </p>
    </>
  );
}

interface PendingAnswerProps {
  /** Of the notification. */
  readonly id: string;
  readonly inviter: string;
  onOver(): void;
}

/** Until it is answered, here or elsewhere, or over otherwise. */
function PendingAnswer({ id, inviter, onOver }: PendingAnswerProps) {
  const isPending = useReadable(useRally().stores.duel.invitations).some(
    (invitation) => invitation.id === id,
  );
  const wasPending = useRef(false);
  useEffect(() => {
    if (!isPending && wasPending.current) onOver();
    wasPending.current = isPending;
  }, [isPending]);
  return <InvitationAnswer inviter={inviter} onAnswered={onOver} />;
}

const WORDS = dictionary({
  en: {
    friend: (somebody: ComponentChildren) => <>{somebody} has added you as a friend.</>,
    friendSaid: (somebody: string) => `${somebody} has added you as a friend.`,
    tournament: (somebody: ComponentChildren, name: ComponentChildren) => (
      <>
        {somebody} announces the tournament {name}.
      </>
    ),
    tournamentSaid: (somebody: string, name: string) => `${somebody} announces the tournament ${name}.`,
    invitation: (somebody: ComponentChildren) => <>{somebody} invites you to a duel.</>,
    invitationSaid: (somebody: string) => `${somebody} invites you to a duel.`,
  },
  fr: {
    friend: (somebody: ComponentChildren) => <>{somebody} vous a ajouté à ses amis.</>,
    friendSaid: (somebody: string) => `${somebody} vous a ajouté à ses amis.`,
    tournament: (somebody: ComponentChildren, name: ComponentChildren) => (
      <>
        {somebody} annonce le tournoi {name}.
      </>
    ),
    tournamentSaid: (somebody: string, name: string) => `${somebody} annonce le tournoi ${name}.`,
    invitation: (somebody: ComponentChildren) => <>{somebody} vous invite à un duel.</>,
    invitationSaid: (somebody: string) => `${somebody} vous invite à un duel.`,
  },
});
