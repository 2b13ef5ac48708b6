import { useEffect } from 'preact/hooks';
import type { PresenceProfile } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { EndOfList } from '../kit/end-of-list.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { Link } from '../kit/link.tsx';
import { type LoadedList, useLoadedList } from '../kit/loaded.ts';
import { Person } from '../kit/person.tsx';
import { Problem } from '../kit/problem.tsx';
import { useRally } from '../kit/surroundings.ts';

/** One's friends, and whom one blocks. */
export function OwnPeople({ onChanged }: { onChanged(): void }) {
  const words = useWords(WORDS);
  const { api, live } = useRally();
  const friends = useLoadedList((page) => api.friends(page));
  const blocked = useLoadedList((page) => api.blockedUsers(page));
  useEffect(
    () =>
      live.on('relationship_changed', () => {
        friends.reload();
        blocked.reload();
        onChanged();
      }),
    [live],
  );
  return (
    <>
      <People
        title={words.friends}
        none={words.noFriends}
        people={friends}
        action={words.remove}
        act={(username) => api.removeFriend(username)}
      />
      <People
        title={words.blocked}
        none={words.noneBlocked}
        people={blocked}
        action={words.unblock}
        act={(username) => api.unblockUser(username)}
      />
    </>
  );
}

interface PeopleProps {
  readonly title: string;
  readonly none: string;
  readonly people: LoadedList<PresenceProfile>;
  readonly action: string;
  act(username: string): Promise<unknown>;
}

function People({ title, none, people, action, act }: PeopleProps) {
  const section = useKeptFocus<HTMLElement>();
  const { items, status, error, hasMore, loadMore, reload } = people;
  return (
    <section class="card" ref={section} tabIndex={-1} aria-label={title}>
      <h2>{title}</h2>
      <ul class="rows">
        {items.map((person) => (
          <PersonRow
            key={person.username}
            person={person}
            action={action}
            act={async () => {
              await act(person.username);
              reload();
            }}
          />
        ))}
      </ul>
      {status === 'failed' && <LoadFailed error={error} onRetry={loadMore} />}
      {status === 'loading' && items.length === 0 && <LoadingRows count={2} />}
      {status === 'loaded' && items.length === 0 && <p class="quiet">{none}</p>}
      {status === 'loaded' && hasMore && <EndOfList onNear={loadMore} />}
    </section>
  );
}

interface PersonRowProps {
  readonly person: PresenceProfile;
  readonly action: string;
  act(): Promise<void>;
}

function PersonRow({ person, action, act }: PersonRowProps) {
  const { error, isRunning, run } = useAction(act);
  return (
    <li class="row">
      <Link class="row-link" to={{ page: 'user', username: person.username }}>
        <Person profile={person} withPresence />
      </Link>
      <button
        type="button"
        class="button is-small"
        aria-busy={isRunning}
        aria-label={`${action}: ${person.nickname}`}
        onClick={() => run()}
      >
        {action}
      </button>
      <Problem error={error} />
    </li>
  );
}

const WORDS = dictionary({
  en: {
    friends: 'Friends',
    noFriends: 'You have not added anybody yet.',
    remove: 'Remove',
    blocked: 'Blocked',
    noneBlocked: 'You block nobody.',
    unblock: 'Unblock',
  },
  fr: {
    friends: 'Amis',
    noFriends: 'Vous n’avez encore ajouté personne.',
    remove: 'Retirer',
    blocked: 'Personnes bloquées',
    noneBlocked: 'Vous ne bloquez personne.',
    unblock: 'Débloquer',
  },
});
