interface ChatProps {
  /** With whom; none: nobody is chosen yet. */
  readonly username?: string | undefined;
  /** Id of the message to go to. */
  readonly message?: string | undefined;
  /** Whom it is about changes: the page puts it into the address. */
  onChoose(username: string | null): void;
}

/** Conversations, and the one that is open: both side by side, or one after the other where there is little room. */
export function Chat(_: ChatProps) {
  return <p>…</p>;
}
