/** Stream `user-<username>`. `date` is ISO 8601 UTC with milliseconds, here and in every event. */
export type UserEvent = UserRegistered;

export interface UserRegistered {
  readonly type: 'UserRegistered';
  readonly data: {
    /** In the case it was registered with. */
    readonly username: string;
    readonly nickname: string;
    /** URL of a picture; empty: the client shows its own default. */
    readonly avatar: string;
    readonly date: string;
  };
}
