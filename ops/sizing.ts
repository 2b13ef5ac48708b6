/** What a community does, as its operator expects it. */
export interface Community {
  /** Sign-ups that there will ever be. */
  readonly users: number;
  /** People who are there at once, at the busiest time of a day. */
  readonly online: number;
  readonly messagesPerDay: number;
  /** Tabs of one person who is there. */
  readonly tabs: number;
  /** People who come within a day. */
  readonly visitors: number;
  /** The busiest second against the mean of a day. */
  readonly peak: number;
  readonly eventStore: 'postgres' | 'eventstoredb';
}

export interface PartSize {
  readonly part: string;
  readonly instances: number;
  /** Processor cores busy in the busiest second, all instances together; null: not known. */
  readonly busyCores: number | null;
  /** Of each instance, in MB. */
  readonly memoryMb: number | null;
  /** How much of what this part can do at most is used, with the instances above: 1 is all of it. */
  readonly use: number;
}

export interface Sizing {
  readonly messagesPerSecond: number;
  readonly sockets: number;
  readonly parts: readonly PartSize[];
  /** The part that has to be split first, if the community grows. */
  readonly bottleneck: string;
  /** How many times as large the community can become before that. */
  readonly room: number;
  readonly diskMbPerDay: number;
  /** In a year, and at any time besides: presence, the feed, accounts. In MB. */
  readonly diskMbAfterYear: number;
  readonly databaseConnections: number;
  /** What it costs until the tabs of a gateway that was killed are back, in seconds of a core, over all parts. */
  readonly comeBackCoreS: number;
}

/**
 * Measured on cores of two-core machines that did everything; docs/operations/scale.md says by which bench. Microseconds of a core for
 * a message, at a load where messages share batches.
 */
export const COSTS = {
  gatewayUs: 160,
  commandUs: 90,
  projectionUs: 80,
  databaseUs: 110,
  /** Of a gateway, for a page of any list. */
  pageUs: 240,
  pageDatabaseUs: 140,
  /** In all parts together, for a connection that ends and is resumed. */
  resumeUs: 2200,
  socketKb: 13,
  eventStoreAppendsPerS: 9000,
  postgresAppendsPerS: 47_000,
  logBytes: { postgres: 700, eventstoredb: 600 },
  rowBytes: 250,
  presenceEventsPerVisitor: 55,
  presenceEventBytes: 690,
  presenceEventsKept: 20,
  /** Likes, reading marks and the like of a day, for each message of that day. */
  feedBytes: 400,
  accountBytes: 600,
} as const;

/** A core that is busier than this makes people wait in line. */
const BUSY = 0.6;
const PAGES_PER_PERSON_AND_MINUTE = 2;
/** Of one gateway, so that its end is no storm. */
const SOCKETS_PER_GATEWAY = 10_000;
const DAY_S = 86_400;
const MB = 1_000_000;

/** Pure. What is needed for this community, by what one core of each part carries. */
export function sizeOf(community: Community): Sizing {
  const { users, online, messagesPerDay, tabs, visitors, peak, eventStore } = community;
  const messagesPerSecond = (messagesPerDay / DAY_S) * peak;
  const presencePerSecond = ((visitors * COSTS.presenceEventsPerVisitor) / DAY_S) * peak;
  const events = messagesPerSecond + presencePerSecond;
  const pages = (online * PAGES_PER_PERSON_AND_MINUTE) / 60;
  const sockets = online * tabs;
  const cores = (perSecond: number, us: number) => (perSecond * us) / 1_000_000;

  const gatewayCores = cores(events, COSTS.gatewayUs) + cores(pages, COSTS.pageUs);
  const gateways = atLeastTwo(Math.max(gatewayCores / BUSY, sockets / SOCKETS_PER_GATEWAY));
  const commandCores = cores(events, COSTS.commandUs);
  const commandServices = atLeastTwo(commandCores / BUSY);
  const projectionCores = cores(events, COSTS.projectionUs);
  const databaseCores = cores(events, COSTS.databaseUs) + cores(pages, COSTS.pageDatabaseUs);
  const onPostgres = eventStore === 'postgres';
  const appends = onPostgres ? COSTS.postgresAppendsPerS : COSTS.eventStoreAppendsPerS;

  const parts: PartSize[] = [
    {
      part: 'gateway',
      instances: gateways,
      busyCores: gatewayCores,
      memoryMb: 120 + (sockets / gateways) * (COSTS.socketKb / 1000),
      use: gatewayCores / gateways / BUSY,
    },
    {
      part: 'command service',
      instances: commandServices,
      busyCores: commandCores,
      memoryMb: 100,
      use: commandCores / commandServices / BUSY,
    },
    {
      part: 'projection service',
      instances: 2,
      busyCores: projectionCores,
      memoryMb: 100,
      use: projectionCores / BUSY,
    },
    { part: 'housekeeping', instances: 2, busyCores: null, memoryMb: 90, use: 0 },
    {
      part: onPostgres ? 'PostgreSQL, with the log' : 'PostgreSQL',
      instances: 1,
      busyCores: databaseCores,
      memoryMb: 1000,
      use: onPostgres ? events / appends : 0,
    },
    ...(onPostgres
      ? []
      : [{ part: 'EventStoreDB', instances: 3, busyCores: null, memoryMb: 420, use: events / appends }]),
    { part: 'NATS', instances: 1, busyCores: null, memoryMb: 12, use: 0 },
  ];
  // More gateways and command services can be started; the others are one that works.
  const single = parts.filter(({ part }) => !['gateway', 'command service'].includes(part));
  const tightest = single.reduce((most, part) => (part.use > most.use ? part : most));

  const messageBytes = COSTS.logBytes[eventStore] + COSTS.rowBytes;
  const diskMbPerDay = (messagesPerDay * messageBytes) / MB;
  const presenceMb = (users * COSTS.presenceEventsKept * COSTS.presenceEventBytes) / MB;
  const feedMb = (messagesPerDay * COSTS.feedBytes) / MB;
  return {
    messagesPerSecond,
    sockets,
    parts,
    bottleneck: tightest.part,
    room: tightest.use > 0 ? 1 / tightest.use : Number.POSITIVE_INFINITY,
    diskMbPerDay,
    diskMbAfterYear: 365 * diskMbPerDay + presenceMb + feedMb + (users * COSTS.accountBytes) / MB,
    databaseConnections: gateways * 19 + 2 * 4 + 2 * 2 + (onPostgres ? commandServices * 8 + 2 * 7 : 0),
    comeBackCoreS: cores(sockets / gateways, COSTS.resumeUs),
  };
}

/** One is none when it ends. */
const atLeastTwo = (needed: number): number => Math.max(2, Math.ceil(needed));
