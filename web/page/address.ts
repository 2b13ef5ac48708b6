import { type ReadonlySignal, signal } from '@preact/signals';
import { pathOf, type Route, routeOf } from '../kit/routes.ts';
import type { Navigation } from '../kit/surroundings.ts';

export interface Address extends Navigation {
  /** null: nothing is there. */
  readonly route: ReadonlySignal<Route | null>;
  /** As `go`, but Back does not lead to where it was. */
  replace(route: Route): void;
  start(): void;
}

/** The address of the page, as a route. */
export function createAddress(): Address {
  const here = () => routeOf(new URL(location.href));
  const route = signal(here());
  const go = (to: Route, change: 'pushState' | 'replaceState') => {
    history[change](null, '', pathOf(to));
    route.value = to;
  };
  return {
    route,
    go: (to) => go(to, 'pushState'),
    replace: (to) => go(to, 'replaceState'),
    href: pathOf,
    start() {
      addEventListener('popstate', () => {
        route.value = here();
      });
    },
  };
}
