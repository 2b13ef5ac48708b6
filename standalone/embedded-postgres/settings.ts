/**
 * How the embedded PostgreSQL runs: beside Node on a small machine, for one application, on a socket inside its data
 * directory that only its owner can reach. `fsync`, `synchronous_commit` and `full_page_writes` stay on, as they come.
 */
export const SETTINGS = {
  // No TCP: there is no port to be taken, and no password to keep.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '256MB',
  // Fewer checkpoints write fewer full pages; the start after a crash reads at most this much.
  max_wal_size: '1GB',
  // The log is not shipped anywhere; it is complete for crash recovery.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Queries are short: planning a parallel or a compiled one costs more than it saves.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Neither statements nor values of rows in the log.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const satisfies Readonly<Record<string, string>>;

export const settingFlags = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
