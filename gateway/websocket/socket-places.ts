import { UserAllowance, type UserLimits } from './user-allowance.ts';

/** Longer than anything that a user is limited in is counted. */
const REMEMBERED_MS = 1500;

export interface PlaceLimits extends UserLimits {
  /** Open sockets of one address whose user is not known, or not let in. */
  readonly pendingSockets: number;
  /** Open sockets of one user. */
  readonly userSockets: number;
}

/** An open socket's place among those of its address, and then of its user. */
export interface SocketPlace {
  /** The socket is the user's, and no longer counts for its address. null: the user has too many, and it goes on counting. */
  belongTo(username: string): UserAllowance | null;
  /** The connection has ended. Further calls do nothing. */
  leave(): void;
}

interface User {
  sockets: number;
  readonly allowance: UserAllowance;
  forgetting?: NodeJS.Timeout;
}

/**
 * How many sockets are open here, for each user and, while that is not known, for each address. Every gateway counts for
 * itself: what is bounded is what one user, or one address, can ask of each. The count is exact: a place is taken at once,
 * and in this process, so two that come together never share the last one, and none outlives the process.
 */
export class SocketPlaces {
  readonly #limits: PlaceLimits;
  readonly #pending = new Map<string, number>();
  readonly #users = new Map<string, User>();

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Whether one more socket may open there. */
  hasRoom(address: string): boolean {
    return this.#pendingAt(address) < this.#limits.pendingSockets;
  }

  open(address: string): SocketPlace {
    this.#pending.set(address, this.#pendingAt(address) + 1);
    let leave = () => this.#leaveAddress(address);
    return {
      belongTo: (username) => {
        const user: User = this.#users.get(username) ?? {
          sockets: 0,
          allowance: new UserAllowance(this.#limits),
        };
        if (user.sockets >= this.#limits.userSockets) return null;
        this.#users.set(username, user);
        user.sockets += 1;
        clearTimeout(user.forgetting);
        leave();
        leave = () => this.#leaveUser(username, user);
        return user.allowance;
      },
      leave: () => {
        leave();
        leave = () => {};
      },
    };
  }

  #pendingAt(address: string): number {
    return this.#pending.get(address) ?? 0;
  }

  #leaveAddress(address: string): void {
    const left = this.#pendingAt(address) - 1;
    if (left > 0) this.#pending.set(address, left);
    else this.#pending.delete(address);
  }

  /** What a user has used up is not given back by closing all sockets and coming again. */
  #leaveUser(username: string, user: User): void {
    user.sockets -= 1;
    if (user.sockets > 0) return;
    user.forgetting = setTimeout(() => this.#users.delete(username), REMEMBERED_MS).unref();
  }
}
