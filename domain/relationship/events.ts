/** Stream `relationship-<pair>`: all that stands between two users. The pair's id is their chat's id. */
export type RelationshipEvent = ChatStarted | UserBlocked | UserUnblocked;

export interface ChatStarted {
  readonly type: 'ChatStarted';
  readonly data: {
    readonly chatId: string;
    /** Usernames as registered; the one who started the chat first. */
    readonly participants: readonly [string, string];
    readonly date: string;
  };
}

export interface UserBlocked {
  readonly type: 'UserBlocked';
  readonly data: { readonly blocker: string; readonly blocked: string; readonly date: string };
}

export interface UserUnblocked {
  readonly type: 'UserUnblocked';
  readonly data: { readonly blocker: string; readonly blocked: string; readonly date: string };
}
