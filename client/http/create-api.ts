import type { Api, PageOf, Read } from '../api.ts';
import { RallyError } from '../rally-error.ts';
import type { Session } from '../session/session.ts';
import type { Profile, Self } from '../wire.ts';
import type { Http, HttpRequest } from './http.ts';
import type { Answer } from './transport.ts';

export interface ApiParts {
  readonly http: Http;
  readonly session: Session;
  readonly onSignedIn: () => void;
  readonly onLoggedOut: () => void;
}

export function createApi({ http, session, onSignedIn, onLoggedOut }: ApiParts): Api {
  const read = async <Body>(path: string, query: Query = {}): Promise<Read<Body>> => {
    const answer = await http('GET', path + queryText(query));
    return { body: bodyOf<Body>(answer), position: answer.headers.get('x-rally-position') ?? '' };
  };
  const command = async <Body>(method: string, path: string, request?: HttpRequest): Promise<Body> =>
    bodyOf<Body>(await http(method, path, request));
  const signIn = async (path: string, body: unknown): Promise<Profile> => {
    const profile = await command<Profile>('POST', path, { body, signsIn: true });
    session.signedIn(profile.username);
    onSignedIn();
    return profile;
  };
  const self = async () => {
    const answer = await read<Self>('/self');
    session.signedIn(answer.body.username);
    return answer;
  };
  const mine = async (path: string) =>
    `${userPath(session.username ?? (await self()).body.username)}/${path}`;

  return {
    signUp: (account) => signIn('/signup', account),
    logIn: (credentials) => signIn('/login', credentials),
    async logOut() {
      await http('DELETE', '/logout');
      session.signedOut(true);
      onLoggedOut();
    },
    self,
    updateProfile: (body) => command('PATCH', '/self', { body }),
    searchUsers: (search, page) => read('/users', { search, ...page }),
    user: (username) => read(userPath(username)),
    friends: async (page) => read(await mine('friends'), page),
    addFriend: async (username) => command('POST', await mine('friends'), { body: { username } }),
    removeFriend: async (username) =>
      command('DELETE', await mine(`friends/${encodeURIComponent(username)}`)),
    blockedUsers: async (page) => read(await mine('blocked_users'), page),
    blockUser: async (username) => command('POST', await mine('blocked_users'), { body: { username } }),
    unblockUser: async (username) =>
      command('DELETE', await mine(`blocked_users/${encodeURIComponent(username)}`)),
    chats: (page) => read('/chats', page),
    openChat: (username) => command('PUT', `/chats/${encodeURIComponent(username)}`),
    messages: (username, page) => read(`/chats/${encodeURIComponent(username)}/messages`, page),
    notifications: (filter, page) => read('/notifications', { is_read: filter, ...page }),
    markAllNotificationsRead: () => command('POST', '/notifications/mark_all_as_read'),
    announceTournament: (body) => command('POST', '/tournaments', { body }),
    tournaments: (page) => read('/tournaments', page),
    tournament: (id) => read(`/tournaments/${id}`),
    closeTournament: (id) => command('DELETE', `/tournaments/${id}`),
    finishGame: (id) => command('POST', `/games/${id}/finish`),
  };
}

/** The server's bodies have the shapes that it promises. What is none of its own is refused. */
function bodyOf<Body>({ status, text }: Answer): Body {
  try {
    return JSON.parse(text || 'null');
  } catch {
    throw new RallyError('unexpected_answer', 'The server answered with something else.', { status });
  }
}

type Query = PageOf & { readonly search?: string; readonly is_read?: string };

function queryText(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

const userPath = (username: string) => `/users/${encodeURIComponent(username)}`;
