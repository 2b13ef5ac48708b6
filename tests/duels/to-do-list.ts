import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { duels } from '../../read-models/duels/room.ts';
import { relationships } from '../../read-models/relationships/room.ts';
import type { Database, OpenRoom, Out } from '../../read-models/room.ts';
import { userKey } from '../../read-models/user-key.ts';
import { users } from '../../read-models/users/room.ts';

type Row = NonNullable<ReturnType<ReturnType<typeof duels.open>['rows']['find']>>;

/** There was nothing before the log began. */
const EMPTY: Database = {
  query: async () => ({ rows: [], rowCount: 0, command: 'SELECT', oid: 0, fields: [] }),
};

const NOBODY: Out = { frame() {}, rowFrame() {}, presence() {}, forget() {}, count() {} };

/** What the `duels` read model has for housekeeping, without a database: nothing of it is ever written, so all is remembered. */
export class ToDoList {
  readonly #together = {};
  readonly #users = users.open(this.#together);
  readonly #relationships = relationships.open(this.#together);
  readonly #duels = duels.open(this.#together);
  readonly #rooms: readonly OpenRoom[] = [this.#users, this.#relationships, this.#duels];
  readonly #people = new Set<string>();
  readonly #invitationIds = new Set<string>();

  async read(recorded: RecordedEvent): Promise<void> {
    const { type, data } = recorded.event;
    if (type === 'UserRegistered') this.#meetAll(userKey(data.username));
    if ('invitationId' in data) this.#invitationIds.add(data.invitationId);
    for (const room of this.#rooms) {
      await room.load(EMPTY, [recorded]);
      room.project(recorded, NOBODY);
    }
  }

  /** Nobody has anything with anybody. */
  #meetAll(key: string): void {
    const { rows } = this.#relationships;
    for (const other of this.#people) {
      rows.set({ key, towards: other, blocks: false, befriends: false });
      rows.set({ key: other, towards: key, blocks: false, befriends: false });
    }
    this.#people.add(key);
  }

  get rows(): readonly Row[] {
    return [...this.#invitationIds].flatMap((id) => this.#duels.rows.find(id) ?? []);
  }

  due(now: string): readonly Row[] {
    return this.rows.filter(({ due_at }) => due_at < now);
  }
}
