export type UserCommand = RegisterUser;

export interface RegisterUser {
  readonly type: 'RegisterUser';
  readonly username: string;
  readonly date: string;
}
