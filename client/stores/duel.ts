import { RallyError } from '../rally-error.ts';
import { Cell, type Readable } from '../readable.ts';
import type { ClientAction, ClientData, EventFrame, GameSettings, PushFrame } from '../wire.ts';
import { derived } from './derived.ts';
import { asRallyError, type Holder, type Keeper } from './keeper.ts';
import { Kept } from './kept.ts';
import type { KnownSelf } from './me.ts';
import type { DuelEnd, DuelState, DuelStore, Invitation } from './stores.ts';

/** Of what pages do not tell, what this tab has seen itself. */
interface Seen {
  /** The last invitation that it has sent or accepted, while it has not ended. */
  readonly invitation: { readonly username: string; readonly settings: Partial<GameSettings> } | null;
  /** What becomes of it is not known yet. */
  readonly isAsking: boolean;
  readonly accepted: { readonly gameId: string; readonly username: string; readonly at: number } | null;
  readonly ended: DuelEnd | null;
}

const NOTHING_SEEN: Seen = { invitation: null, isAsking: false, accepted: null, ended: null };
const LIMIT = 100;

export class Duel implements DuelStore, Holder {
  readonly invitations: Readable<readonly Invitation[]>;
  readonly #keeper: Keeper;
  readonly #self: Kept<KnownSelf>;
  readonly #invitations: Kept<readonly Invitation[]>;
  readonly #seen = new Cell(NOTHING_SEEN);
  readonly #state: Readable<DuelState>;
  /** Of this tab. */
  #clientId: string | null = null;

  constructor(keeper: Keeper, self: Kept<KnownSelf>) {
    this.#keeper = keeper;
    this.#self = self;
    this.#invitations = keepInvitations(keeper);
    this.invitations = derived(
      () => [this.#invitations],
      () => this.#invitations.get().value ?? [],
    );
    this.#state = derived(
      () => [self, this.#seen],
      () => stateOf(self.get().value, this.#seen.get()),
    );
    keeper.add(this);
  }

  get(): DuelState {
    return this.#state.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  async invite(username: string, options: Partial<GameSettings> = {}): Promise<void> {
    this.#keeper.open();
    this.#see({ invitation: { username, settings: options }, isAsking: true, ended: null });
    try {
      await this.#ask('game_invite', { username, client_id: this.#tab(), options });
      // No push says that it is pending.
      await this.#self.reload();
    } catch (error) {
      const { code, message } = asRallyError(error);
      const isKnown = code !== 'unconfirmed' && code !== 'not_connected';
      if (isKnown) this.#see({ ended: { cause: 'refused', username, message } });
      throw error;
    } finally {
      this.#see({ isAsking: false });
    }
  }

  async cancel(): Promise<void> {
    const state = this.get();
    if (state.phase !== 'inviting' || state.username === null)
      throw new RallyError('invitation_not_found', 'No invitation is pending.');
    await this.#ask('cancel_game_invite', { username: state.username });
  }

  async reply(inviter: string, accept: boolean): Promise<void> {
    const isMeant = (one: Invitation) => one.inviter.username.toLowerCase() === inviter.toLowerCase();
    const invitation = this.invitations.get().find(isMeant);
    await this.#ask('reply_game_invite', { username: inviter, accept, client_id: this.#tab() });
    if (accept && invitation)
      this.#see({ invitation: { username: invitation.inviter.username, settings: invitation.settings } });
  }

  async finish(): Promise<void> {
    const state = this.get();
    if (state.phase === 'playing') await this.#keeper.parts.api.finishGame(state.gameId);
  }

  receive(frame: PushFrame): void {
    if (!('cursor' in frame)) return;
    const me = this.#keeper.username ?? this.#self.get().value?.self.username ?? null;
    const now = this.#keeper.parts.environment.now();
    this.#see(seenIn(frame, this.#seen.get(), me, now));
  }

  wake(): void {}

  forget(): void {
    this.#seen.set(NOTHING_SEEN);
  }

  /** Nothing is sent twice: what became of it is looked up. */
  async #ask<Action extends ClientAction>(action: Action, data: ClientData<Action>): Promise<void> {
    try {
      await this.#keeper.parts.live.request(action, data);
    } catch (error) {
      if (asRallyError(error).code === 'unconfirmed')
        await Promise.all([this.#self.reload(), this.#invitations.reload()]);
      throw error;
    }
  }

  #tab(): string {
    this.#clientId ??= this.#keeper.parts.environment.newId();
    return this.#clientId;
  }

  #see(change: Partial<Seen>): void {
    if (Object.keys(change).length > 0) this.#seen.set({ ...this.#seen.get(), ...change });
  }
}

function stateOf(known: KnownSelf | null, { invitation, isAsking, accepted, ended }: Seen): DuelState {
  const { game_id: gameId = null, opponent = null, is_engaged_in_game = false } = known?.self ?? {};
  const username = (isAsking ? invitation : opponent)?.username ?? null;
  const settings = invitation?.username === username ? invitation.settings : null;
  if (gameId !== null) {
    const startedAt = accepted?.gameId === gameId ? accepted.at : null;
    return { phase: 'playing', gameId, opponent, settings, startedAt };
  }
  if (!isAsking && !is_engaged_in_game) return { phase: 'idle', ended };
  return { phase: 'inviting', username, settings };
}

/** `me`: who sees it. */
function seenIn(
  frame: EventFrame,
  { invitation, accepted }: Seen,
  me: string | null,
  now: number,
): Partial<Seen> {
  const over = (
    cause: DuelEnd['cause'],
    username: string | null,
    message: string | null = null,
  ): Partial<Seen> => ({
    ...NOTHING_SEEN,
    ended: { cause, username, message },
  });
  switch (frame.action) {
    case 'game_accepted': {
      const { game_id: gameId, username } = frame.data;
      return { isAsking: false, accepted: { gameId, username, at: now }, ended: null };
    }
    case 'game_finished':
      return over('finished', accepted?.gameId === frame.data.game_id ? accepted.username : null);
    case 'game_declined': {
      const { username } = frame.data;
      return username === me ? {} : over('declined', username);
    }
    case 'game_invite_canceled': {
      const { username, message, client_id } = frame.data;
      // One that has expired names nobody, but the inviter's tab to the inviter.
      const isOwn = username ? username === me : client_id;
      if (!isOwn) return {};
      return over(username ? 'cancelled' : 'expired', invitation?.username ?? null, message);
    }
    default:
      return {};
  }
}

function keepInvitations(keeper: Keeper): Kept<readonly Invitation[]> {
  return new Kept<readonly Invitation[]>(keeper, {
    load: async () => {
      const { body, position } = await keeper.parts.api.notifications('all', { limit: LIMIT });
      const invitations = body.items.flatMap(({ id, action, data }) =>
        action === 'game_invite' ? [invitationOf(id, data)] : [],
      );
      return { body: invitations, position };
    },
    apply: (invitations, frame) => {
      if (frame.action === 'game_invite') return [invitationOf(frame.data.id, frame.data), ...invitations];
      if (frame.action !== 'notification_updated' || frame.data.status === undefined) return invitations;
      return invitations.filter(({ id }) => id !== frame.data.id);
    },
  });
}

type Told = Omit<Extract<EventFrame, { action: 'game_invite' }>['data'], 'id'>;

const invitationOf = (
  id: string,
  { game_id, username, nickname, avatar, settings, date }: Told,
): Invitation => ({ id, gameId: game_id, inviter: { username, nickname, avatar }, settings, date });
