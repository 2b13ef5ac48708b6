import { defineRoom, type Out } from '../room.ts';
import { userKey } from '../user-key.ts';
import { RelationshipRows, type Stance } from './rows.ts';
import { CREATE_RELATIONSHIPS } from './tables.ts';

/** `remembered`: how much, where it is not as much as usual. */
export const relationshipsRoom = (remembered?: ConstructorParameters<typeof RelationshipRows>[0]) =>
  defineRoom({
    name: 'relationships',
    tables: ['blocks', 'friendships'],
    migrations: { 'relationships-1-create': CREATE_RELATIONSHIPS },
    open: () => new RelationshipRows(remembered),
    project: {
      FriendAdded: (rows, { event: { data } }, out) =>
        change(rows, [data.adder, { befriends: true }], [data.friend, {}], out),
      FriendRemoved: (rows, { event: { data } }, out) =>
        change(rows, [data.remover, { befriends: false }], [data.friend, {}], out),
      UserBlocked: (rows, { event: { data } }, out) =>
        change(
          rows,
          [data.blocker, { blocks: true, befriends: false }],
          [data.blocked, { befriends: false }],
          out,
        ),
      UserUnblocked: (rows, { event: { data } }, out) =>
        change(rows, [data.blocker, { blocks: false }], [data.blocked, {}], out),
    },
  });

export const relationships = relationshipsRoom();

/** A username, and what is new in how this user stands to the other. */
type Change = readonly [username: string, stance: Partial<Stance>];

/** Both are told how they stand to each other now, each as it looks from there. */
function change(rows: RelationshipRows, one: Change, other: Change, out: Out): void {
  const [first, second] = [userKey(one[0]), userKey(other[0])];
  setStance(rows, first, second, one[1], out);
  setStance(rows, second, first, other[1], out);
  tell(rows, first, other[0], out);
  tell(rows, second, one[0], out);
}

/** Counters move by what has changed, so they are right whatever the log holds. */
function setStance(
  rows: RelationshipRows,
  key: string,
  towards: string,
  changed: Partial<Stance>,
  out: Out,
): void {
  const before = rows.stance(key, towards);
  const after = { ...before, ...changed };
  if (after.blocks === before.blocks && after.befriends === before.befriends) return;
  rows.set(after);
  out.count(key, 'blocked_users', Number(after.blocks) - Number(before.blocks));
  out.count(key, 'friends', Number(after.befriends) - Number(before.befriends));
}

function tell(rows: RelationshipRows, key: string, username: string, out: Out): void {
  const other = userKey(username);
  const { befriends, blocks } = rows.stance(key, other);
  out.frame(
    { users: [key] },
    {
      action: 'relationship_changed',
      data: {
        username,
        is_friend: befriends,
        is_blocked_user: blocks,
        is_blocked_by_user: rows.stance(other, key).blocks,
      },
    },
  );
}
