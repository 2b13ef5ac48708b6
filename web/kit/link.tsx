import type { ComponentChildren } from 'preact';
import type { Route } from './routes.ts';
import { useSurroundings } from './surroundings.ts';

interface LinkProps {
  readonly to: Route;
  readonly class?: string;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-label'?: string;
  readonly tabIndex?: number;
  /** What happens in place of going there. */
  readonly onFollow?: (() => void) | undefined;
  /** Called before, also when it is opened in another tab. */
  readonly onLeave?: (() => void) | undefined;
  readonly children: ComponentChildren;
}

/** A real link: it can be opened in another tab, copied, and reached by keyboard. */
export function Link({ to, children, onFollow, onLeave, ...attributes }: LinkProps) {
  const { navigation } = useSurroundings();
  const follow = (event: MouseEvent) => {
    onLeave?.();
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (onFollow) onFollow();
    else navigation.go(to);
  };
  return (
    <a {...attributes} href={navigation.href(to)} onClick={follow}>
      {children}
    </a>
  );
}
