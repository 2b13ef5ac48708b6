/** What the attackers have. Accounts are made before, so that an attack is nothing but the attack. */
export interface Target {
  /** Of one gateway, or of two of the same system. */
  readonly addresses: readonly string[];
  /** Access tokens of two users who share a chat, and the chat. */
  readonly token: string;
  readonly accompliceToken: string;
  readonly chatId: string;
}

/** How often an attack did what, to be printed. */
export type Counts = Record<string, number>;

/**
 * Goes on until `signal` is aborted, at a rate of its own. Calls `begun` when bystanders should feel it, and resolves
 * with what it did.
 */
export type Attack = (target: Target, begun: () => void, signal: AbortSignal) => Promise<Counts>;
