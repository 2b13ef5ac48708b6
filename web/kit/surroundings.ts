import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Rally } from '../../client/index.ts';
import type { Language } from './language.ts';
import type { Route } from './routes.ts';

/** What every component may ask for, whether it stands in our page or in an element of somebody else's. */
export interface Surroundings {
  readonly rally: Rally;
  readonly language: Language;
  readonly navigation: Navigation;
  /** Says it to those who hear the page instead of seeing it, once. More than three within a second are summed up. */
  announce(text: string): void;
  showToast(toast: Toast): void;
  /** What it tells is settled, or seen elsewhere. */
  dismissToast(key: string): void;
  /** Where people play; `{game_id}` stands for the game. null: there is no game server, and players report the end themselves. */
  readonly gameUrl: string | null;
}

/** In our page it changes the address; an element of another page asks its host. */
export interface Navigation {
  go(route: Route): void;
  /** What a link to it names, so that it can be opened in a tab of its own. */
  href(route: Route): string;
}

/** A line that comes up at the edge for a while. What it tells must be found elsewhere as well. */
export interface Toast {
  /** Another one with the same key takes its place. */
  readonly key: string;
  readonly text: ComponentChildren;
  /** Its controls, `dismiss` takes it away. One with actions stays until somebody answers. */
  readonly actions?: (dismiss: () => void) => ComponentChildren;
}

export const SurroundingsContext = createContext<Surroundings | null>(null);

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext);
  if (!surroundings) throw new Error('a component stands outside of SurroundingsContext');
  return surroundings;
}

export const useRally = (): Rally => useSurroundings().rally;
