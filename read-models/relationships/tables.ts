export interface RelationshipsTables {
  blocks: BlocksTable;
  friendships: FriendshipsTable;
}

export interface BlocksTable {
  blocker_key: string;
  blocked_key: string;
}

/** One direction of what may be two. */
export interface FriendshipsTable {
  adder_key: string;
  friend_key: string;
}

export const CREATE_RELATIONSHIPS = `
create table blocks (
  blocker_key text collate "C" not null,
  blocked_key text collate "C" not null,
  primary key (blocker_key, blocked_key)
);
create index blocks_by_blocked on blocks (blocked_key, blocker_key);

create table friendships (
  adder_key text collate "C" not null,
  friend_key text collate "C" not null,
  primary key (adder_key, friend_key)
);
`;
