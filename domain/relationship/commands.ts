export type RelationshipCommand = StartChat | BlockUser | UnblockUser;

/** In each, the other user is named as the caller typed it: in any case, and perhaps nobody's name. */
export interface StartChat {
  readonly type: 'StartChat';
  /** Derived from the pair, so that whoever starts the chat names the same one. */
  readonly chatId: string;
  readonly initiator: string;
  readonly other: string;
  readonly date: string;
}

export interface BlockUser {
  readonly type: 'BlockUser';
  readonly blocker: string;
  readonly blocked: string;
  readonly date: string;
}

export interface UnblockUser {
  readonly type: 'UnblockUser';
  readonly blocker: string;
  readonly blocked: string;
  readonly date: string;
}
