/** Stream `message-<id>`. Every event names both sides, so that a projector needs nothing else. */
export type MessageEvent = MessageSent | MessageLiked | MessageUnliked;

interface MessageOfChat {
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: string;
  readonly recipient: string;
}

export interface MessageSent {
  readonly type: 'MessageSent';
  readonly data: MessageOfChat & {
    /** As sent, blanks included. */
    readonly content: string;
    /** The sending client's own, opaque to the server. */
    readonly timestamp: string;
    readonly date: string;
  };
}

/** Only the recipient likes. */
export interface MessageLiked {
  readonly type: 'MessageLiked';
  readonly data: MessageOfChat & { readonly date: string };
}

export interface MessageUnliked {
  readonly type: 'MessageUnliked';
  readonly data: MessageOfChat & { readonly date: string };
}
