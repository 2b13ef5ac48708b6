import { largestOf, quantileOf, rateOf, type Samples, sumOf, type Where } from './metric-samples.ts';

export type Unit = 'count' | 'perSecond' | 'seconds' | 'bytes' | 'yes';

/** What of the metrics is shown at a glance, and in which words. A process shows those that it has. */
interface Figure {
  readonly question: 'Is it serving?' | 'Where is the lag?' | 'Who waits?';
  readonly words: string;
  readonly unit: Unit;
  readonly from: (earlier: Samples, later: Samples) => number | null;
}

const now =
  (name: string) =>
  (_: Samples, later: Samples): number | null =>
    sumOf(later, name);
const largest =
  (name: string) =>
  (_: Samples, later: Samples): number | null =>
    largestOf(later, name);
const rate =
  (name: string, where?: Where) =>
  (earlier: Samples, later: Samples): number | null =>
    rateOf(earlier, later, name, where);
const quantile =
  (share: number, name: string) =>
  (earlier: Samples, later: Samples): number | null =>
    quantileOf(earlier, later, name, share);

const isRefused: Where = ({ outcome }) => outcome !== 'changed' && outcome !== 'unchanged';

const serving = { question: 'Is it serving?' } as const;
const lag = { question: 'Where is the lag?' } as const;
const waits = { question: 'Who waits?' } as const;

export const FIGURES = {
  sockets: { ...serving, words: 'open sockets', unit: 'count', from: now('rally_websocket_open_sockets') },
  socketsLimit: {
    ...serving,
    words: 'connections at most',
    unit: 'count',
    from: now('rally_public_connections_limit'),
  },
  commands: { ...serving, words: 'commands', unit: 'perSecond', from: rate('rally_commands_total') },
  refused: {
    ...serving,
    words: 'of them refused',
    unit: 'perSecond',
    from: rate('rally_commands_total', isRefused),
  },
  commandP50: {
    ...serving,
    words: 'a command takes, p50',
    unit: 'seconds',
    from: quantile(0.5, 'rally_command_duration_seconds'),
  },
  commandP99: {
    ...serving,
    words: 'a command takes, p99',
    unit: 'seconds',
    from: quantile(0.99, 'rally_command_duration_seconds'),
  },
  requests: {
    ...serving,
    words: 'HTTP requests',
    unit: 'perSecond',
    from: rate('rally_http_request_duration_seconds_count'),
  },
  failed: {
    ...serving,
    words: 'of them failed',
    unit: 'perSecond',
    from: rate('rally_http_request_duration_seconds_count', ({ status }) => status?.startsWith('5') === true),
  },
  pushes: {
    ...serving,
    words: 'pushes to tabs',
    unit: 'perSecond',
    from: rate('rally_websocket_pushes_total'),
  },
  resumes: {
    ...serving,
    words: 'looks for what a tab missed',
    unit: 'perSecond',
    from: rate('rally_websocket_replays_total', ({ outcome }) => outcome !== 'fresh'),
  },
  slow: {
    ...serving,
    words: 'slow consumers closed',
    unit: 'perSecond',
    from: rate('rally_websocket_closes_total', ({ code }) => code === '3008'),
  },
  leading: { ...lag, words: 'writes the read models', unit: 'yes', from: now('rally_projection_leading') },
  behind: {
    ...lag,
    words: 'behind the log for',
    unit: 'seconds',
    from: now('rally_projection_behind_seconds'),
  },
  lagEvents: { ...lag, words: 'events behind', unit: 'count', from: now('rally_projection_lag_events') },
  parked: { ...lag, words: 'parked events', unit: 'count', from: now('rally_projection_parked_waiting') },
  gapP99: {
    ...lag,
    words: 'from push to row, p99',
    unit: 'seconds',
    from: quantile(0.99, 'rally_projection_publish_to_write_seconds'),
  },
  elected: { ...lag, words: 'keeps house', unit: 'yes', from: now('rally_housekeeping_elected') },
  late: {
    ...lag,
    words: 'housekeeping is late by',
    unit: 'seconds',
    from: largest('rally_housekeeping_late_seconds'),
  },
  underWay: { ...waits, words: 'commands under way', unit: 'count', from: now('rally_commands_under_way') },
  appendP99: {
    ...waits,
    words: 'an append takes, p99',
    unit: 'seconds',
    from: quantile(0.99, 'rally_event_store_append_duration_seconds'),
  },
  bus: { ...waits, words: 'connected to the bus', unit: 'yes', from: now('rally_bus_connected') },
  connections: {
    ...waits,
    words: 'connections to PostgreSQL',
    unit: 'count',
    from: now('rally_postgres_pool_connections'),
  },
  idle: { ...waits, words: 'of them idle', unit: 'count', from: now('rally_postgres_pool_idle_connections') },
  waiting: {
    ...waits,
    words: 'queries that wait for one',
    unit: 'count',
    from: now('rally_postgres_pool_waiting'),
  },
  loopP99: {
    ...waits,
    words: 'event loop delay, p99',
    unit: 'seconds',
    from: now('nodejs_eventloop_lag_p99_seconds'),
  },
  memory: { ...waits, words: 'memory', unit: 'bytes', from: now('process_resident_memory_bytes') },
  diskFree: { ...waits, words: 'free on the disk', unit: 'bytes', from: now('rally_disk_free_bytes') },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;

/** null: it has none of that, or nothing came of it between the two. */
export type Glance = Readonly<Record<FigureName, number | null>>;

/** Rates and times are those between the two. */
export const glanceAt = (earlier: Samples, later: Samples): Glance =>
  Object.fromEntries(
    Object.entries(FIGURES).map(([name, { from }]) => [name, from(earlier, later)]),
  ) as Glance;

/** For a person: `–` for nothing. */
export function inWords(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'count':
      return Math.round(value).toLocaleString('en');
    case 'perSecond':
      return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })}/s`;
    case 'seconds':
      return value < 1
        ? `${(value * 1000).toLocaleString('en', { maximumFractionDigits: 1 })} ms`
        : `${value.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
    case 'bytes':
      return value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
    case 'yes':
      return value >= 1 ? 'yes' : 'no';
    default:
      return unit satisfies never;
  }
}
