export type RelationshipCommand = StartChat | BlockUser | UnblockUser;

export interface StartChat {
  readonly type: 'StartChat';
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
