import { useEffect } from 'preact/hooks';
import { RallyError, type UserDetails } from '../../client/index.ts';
import { Avatar } from '../kit/avatar.tsx';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState, LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { Link } from '../kit/link.tsx';
import { useLoaded } from '../kit/loaded.ts';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';
import { OwnPeople } from './own-people.tsx';
import { ProfileActions } from './profile-actions.tsx';

/** Somebody, and what one can do with them; of oneself, one's friends and whom one blocks. */
export function ProfilePage({ username }: { readonly username: string }) {
  const words = useWords(WORDS);
  const { api, live, stores } = useRally();
  const me = useReadable(stores.me);
  const { value: user, error, reload } = useLoaded(() => api.user(username));
  const page = useKeptFocus<HTMLElement>();
  useEffect(
    () =>
      live.on('relationship_changed', ({ data }) => {
        if (isSame(data.username, username)) reload();
      }),
    [live, username],
  );
  // Who blocks the caller is not found from then on.
  const isNobody = error instanceof RallyError && error.code === 'user_not_found';
  return (
    <section class="narrow" ref={page} tabIndex={-1} aria-label={words.title}>
      {isNobody && <EmptyState icon="search" title={words.nobody} />}
      {!isNobody && !user && error !== null && <LoadFailed error={error} onRetry={reload} />}
      {!user && error === null && <LoadingRows count={2} />}
      {user && !isNobody && (
        <article class="card profile">
          <About user={user} />
          {me && isSame(me.username, username) ? (
            <Link class="button" to={{ page: 'settings' }}>
              {words.settings}
            </Link>
          ) : (
            <ProfileActions user={user} onChanged={reload} />
          )}
        </article>
      )}
      {me && isSame(me.username, username) && <OwnPeople onChanged={reload} />}
    </section>
  );
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function About({ user }: { readonly user: UserDetails }) {
  const words = useWords(WORDS);
  const dates = useDates();
  const isOnline = useReadable(useRally().stores.presence(user.username)) ?? user.is_online;
  const joined = dates.date(new Date(user.date_joined));
  return (
    <header class="profile-head">
      <Avatar of={user} size="large" withPresence />
      <div class="profile-names">
        <h1>
          <bdi>{user.nickname}</bdi>
        </h1>
        <p class="quiet">
          <bdi>@{user.username}</bdi>
        </p>
        <p class="quiet">{isOnline ? words.online : words.offline}</p>
        <ul class="facts">
          <li>{words.joined(joined)}</li>
          <li>{words.friends(user.friends_count)}</li>
        </ul>
      </div>
    </header>
  );
}

const WORDS = dictionary({
  en: {
    title: 'Profile',
    nobody: 'There is nobody of this name.',
    settings: 'Change how you appear',
    online: 'Online now',
    offline: 'Offline',
    joined: (date: string) => `Here since ${date}`,
    friends: (count: number) => (count === 1 ? '1 friend' : `${count} friends`),
  },
  fr: {
    title: 'Profil',
    nobody: 'Personne ne porte ce nom.',
    settings: 'Changer votre apparence',
    online: 'En ligne',
    offline: 'Hors ligne',
    joined: (date: string) => `Ici depuis le ${date}`,
    friends: (count: number) => (count < 2 ? `${count} ami` : `${count} amis`),
  },
});
