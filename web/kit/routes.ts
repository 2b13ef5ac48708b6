/** Where somebody can be in the web client. Each has an address of its own, which can be sent to somebody else. */
export type Route =
  | { readonly page: 'chat'; readonly username?: string; readonly message?: string }
  | { readonly page: 'user'; readonly username: string }
  | { readonly page: 'notifications' }
  | { readonly page: 'duel' }
  | { readonly page: 'tournaments'; readonly id?: string }
  | { readonly page: 'settings' };

/** The path and query of a route. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case 'chat': {
      const message = route.message === undefined ? '' : `?m=${encodeURIComponent(route.message)}`;
      return route.username === undefined ? '/chat' : `/chat/${encodeURIComponent(route.username)}${message}`;
    }
    case 'user':
      return `/users/${encodeURIComponent(route.username)}`;
    case 'tournaments':
      return route.id === undefined ? '/tournaments' : `/tournaments/${encodeURIComponent(route.id)}`;
    default:
      return `/${route.page}`;
  }
}

/** The route of an address; null: there is none. `/` is the chats. */
export function routeOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): Route | null {
  const [first = '', name, ...rest] = pathname.split('/').filter((part) => part !== '');
  const about = decoded(name);
  if (rest.length > 0 || about === null) return null;
  if (first === 'users') return about === undefined ? null : { page: 'user', username: about };
  if (first === 'tournaments') return { page: first, ...(about !== undefined && { id: about }) };
  if (first === 'chat' || first === '') {
    const message = new URLSearchParams(search).get('m');
    return {
      page: 'chat',
      ...(about !== undefined && { username: about }),
      ...(message !== null && { message }),
    };
  }
  const page = PLAIN_PAGES.find((one) => one === first);
  return page && about === undefined ? { page } : null;
}

const PLAIN_PAGES = ['notifications', 'duel', 'settings'] as const;

/** null: it cannot be read. */
function decoded(part: string | undefined): string | undefined | null {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
