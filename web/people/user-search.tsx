import Combobox from '@github/combobox-nav';
import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PresenceProfile } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { Person } from '../kit/person.tsx';
import { useProblem } from '../kit/problems.ts';
import { useReadable } from '../kit/readable.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';

interface UserSearchProps {
  readonly label: string;
  onSelect(user: PresenceProfile): void;
}

/** People stop typing for so long when they want to see what there is. */
const DEBOUNCE_MS = 200;
const MOST_FOUND = 8;

/** Finds people by the beginning of their name or nickname, as one types. Whoever is chosen is handed on, and the field is empty again. */
export function UserSearch({ label, onSelect }: UserSearchProps) {
  const words = useWords(WORDS);
  const problem = useProblem();
  const id = useId();
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const answer = useAnswer(text.trim());
  const users = isOpen && answer?.users ? answer.users : NOBODY;
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useCombobox(field, list, users, (index) => {
    const user = users[index];
    if (!user) return;
    setText('');
    setOpen(false);
    onSelect(user);
  });
  const closeAtEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || (!isOpen && text === '')) return;
    // The dialog around it, if there is one, stays open.
    event.preventDefault();
    event.stopPropagation();
    if (isOpen) setOpen(false);
    else setText('');
  };
  const isShown = isOpen && text.trim() !== '';
  return (
    <search class="user-search" onFocusOut={() => setOpen(false)}>
      <label class="only-heard" for={`${id}-field`}>
        {label}
      </label>
      <Icon name="search" />
      <input
        ref={field}
        id={`${id}-field`}
        class="input"
        type="search"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        placeholder={label}
        maxLength={50}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={closeAtEscape}
      />
      <div class="user-search-found" hidden={!isShown}>
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          tabIndex={-1}
          aria-label={label}
          hidden={users.length === 0}
          onMouseDown={(event) => event.preventDefault()}
        >
          {users.map((user, index) => (
            <div key={user.username} id={`${id}-${index}`} role="option" tabIndex={-1} data-index={index}>
              <Person profile={user} withPresence />
            </div>
          ))}
        </div>
        {users.length === 0 && (
          <p class="user-search-says">
            {answer === null ? words.looking : answer.users ? words.nobody : problem(answer.error)}
          </p>
        )}
      </div>
    </search>
  );
}

const NOBODY: readonly PresenceProfile[] = [];

type Answer =
  | { readonly users: readonly PresenceProfile[] }
  | { readonly users: null; readonly error: unknown };

/** Who is found by this beginning, without oneself. null: it is not known yet. */
function useAnswer(search: string): Answer | null {
  const words = useWords(WORDS);
  const { announce } = useSurroundings();
  const { api, session } = useRally();
  const own = useReadable(session);
  const [answered, setAnswered] = useState<{ search: string; answer: Answer } | null>(null);
  useEffect(() => {
    if (search === '') return setAnswered(null);
    let isOvertaken = false;
    const ask = async (): Promise<Answer> => {
      try {
        const { body } = await api.searchUsers(search, { limit: MOST_FOUND });
        const isOneself = (name: string) => own.phase === 'signed_in' && own.username === name;
        return { users: body.items.filter(({ username }) => !isOneself(username)) };
      } catch (error) {
        return { users: null, error };
      }
    };
    const timer = setTimeout(async () => {
      const answer = await ask();
      if (isOvertaken) return;
      setAnswered({ search, answer });
      if (answer.users) announce(words.found(answer.users.length));
    }, DEBOUNCE_MS);
    return () => {
      isOvertaken = true;
      clearTimeout(timer);
    };
  }, [search]);
  return answered?.search === search ? answered.answer : null;
}

/** Arrows, Enter and clicks choose one of the options, whose place is in `data-index`. */
function useCombobox(
  field: RefObject<HTMLInputElement | null>,
  list: RefObject<HTMLDivElement | null>,
  options: readonly unknown[],
  onCommit: (index: number) => void,
): void {
  const combobox = useRef<Combobox>(null);
  useLayoutEffect(() => {
    if (!field.current || !list.current) return;
    // Enter takes the first, so that a name and Enter are enough.
    const made = new Combobox(field.current, list.current, {
      tabInsertsSuggestions: false,
      firstOptionSelectionMode: 'active',
    });
    combobox.current = made;
    return () => made.destroy();
  }, []);
  useLayoutEffect(() => {
    if (options.length === 0) return;
    combobox.current?.start();
    return () => combobox.current?.stop();
  }, [options]);
  useEffect(() => {
    const commit = ({ target }: Event) => {
      if (target instanceof HTMLElement) onCommit(Number(target.dataset.index));
    };
    list.current?.addEventListener('combobox-commit', commit);
    return () => list.current?.removeEventListener('combobox-commit', commit);
  });
}

const WORDS = dictionary({
  en: {
    looking: 'Looking…',
    nobody: 'Nobody of this name.',
    found: (count: number) => (count === 0 ? 'Nobody found' : count === 1 ? 'One found' : `${count} found`),
  },
  fr: {
    looking: 'Recherche…',
    nobody: 'Personne ne porte ce nom.',
    found: (count: number) =>
      count === 0 ? 'Personne trouvé' : count === 1 ? 'Une personne trouvée' : `${count} personnes trouvées`,
  },
});
