export interface RelationshipsTables {
  blocks: BlocksTable;
}

export interface BlocksTable {
  blocker_key: string;
  blocked_key: string;
}

export const CREATE_BLOCKS = `
create table blocks (
  blocker_key text collate "C" not null,
  blocked_key text collate "C" not null,
  primary key (blocker_key, blocked_key)
);
create index blocks_by_blocked on blocks (blocked_key, blocker_key);
`;
