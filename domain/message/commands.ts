export type MessageCommand = SendMessage | LikeMessage | UnlikeMessage;

export interface SendMessage {
  readonly type: 'SendMessage';
  /** Chosen by the client, or by the gateway for clients that send none. */
  readonly messageId: string;
  readonly chatId: string;
  readonly sender: string;
  readonly content: string;
  readonly timestamp: string;
  readonly date: string;
}

export interface LikeMessage {
  readonly type: 'LikeMessage';
  readonly messageId: string;
  readonly chatId: string;
  readonly user: string;
  readonly date: string;
}

export interface UnlikeMessage {
  readonly type: 'UnlikeMessage';
  readonly messageId: string;
  readonly chatId: string;
  readonly user: string;
  readonly date: string;
}
