interface AlertCase {
  /** Series by name, with their values every 15 s, as promtool writes them: `0+5x100` begins with 0 and grows by 5. */
  readonly fires: Readonly<Record<string, string>>;
  readonly quiet: Readonly<Record<string, string>>;
  /** When it is looked at. Default 20 minutes. */
  readonly after?: string;
}

/** For each alert: what makes it fire, and what is near it and does not. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  RallyLagGrows: {
    fires: { rally_projection_behind_seconds: '0+15x100' },
    quiet: { rally_projection_behind_seconds: '0 4 9 0 30 0 30 0x90' },
  },
  RallyNobodyProjects: {
    fires: {
      'rally_projection_leading{instance="a"}': '0x100',
      'rally_projection_leading{instance="b"}': '0x100',
    },
    quiet: {
      'rally_projection_leading{instance="a"}': '0x100',
      'rally_projection_leading{instance="b"}': '1x100',
    },
  },
  RallyEventParked: {
    fires: { rally_projection_parked_waiting: '1x100' },
    quiet: { rally_projection_parked_waiting: '1x50 0x50' },
  },
  RallyEventUnknown: {
    fires: { rally_projection_unknown_events_total: '0x70 3x20' },
    quiet: { rally_projection_unknown_events_total: '3x100' },
  },
  RallyDiskNearlyFull: {
    fires: { rally_disk_free_bytes: '9x100', rally_disk_size_bytes: '100x100' },
    quiet: { rally_disk_free_bytes: '11x100', rally_disk_size_bytes: '100x100' },
  },
  RallyCommandsUnavailable: {
    fires: {
      'rally_commands_total{outcome="unavailable"}': '0+10x100',
      'rally_commands_total{outcome="changed"}': '0+90x100',
    },
    quiet: {
      'rally_commands_total{outcome="unavailable"}': '0+1x100',
      'rally_commands_total{outcome="changed"}': '0+99x100',
    },
  },
  RallyCommandsSlow: {
    fires: {
      'rally_command_duration_seconds_bucket{le="0.5"}': '0+90x100',
      'rally_command_duration_seconds_bucket{le="1"}': '0+100x100',
      'rally_command_duration_seconds_bucket{le="+Inf"}': '0+100x100',
    },
    quiet: {
      'rally_command_duration_seconds_bucket{le="0.5"}': '0+100x100',
      'rally_command_duration_seconds_bucket{le="1"}': '0+100x100',
      'rally_command_duration_seconds_bucket{le="+Inf"}': '0+100x100',
    },
  },
  RallyBusAway: {
    fires: { 'rally_bus_connected{instance="a"}': '1x100', 'rally_bus_connected{instance="b"}': '0x100' },
    quiet: { 'rally_bus_connected{instance="a"}': '1x100', 'rally_bus_connected{instance="b"}': '0x78 1x20' },
  },
  RallyReconnectStorm: {
    fires: {
      'rally_websocket_replays_total{outcome="recovered"}': '0+250x100',
      rally_websocket_open_sockets: '1000x100',
    },
    quiet: {
      'rally_websocket_replays_total{outcome="recovered"}': '0+100x100',
      'rally_websocket_replays_total{outcome="fresh"}': '0+500x100',
      rally_websocket_open_sockets: '1000x100',
    },
  },
  RallySocketsNearLimit: {
    fires: { rally_websocket_open_sockets: '81x100', rally_public_connections_limit: '100x100' },
    quiet: { rally_websocket_open_sockets: '79x100', rally_public_connections_limit: '100x100' },
  },
  RallyConnectionsRefused: {
    fires: { rally_public_connections_refused_total: '0+1x100' },
    quiet: { rally_public_connections_refused_total: '7x100' },
  },
  RallySlowConsumers: {
    fires: { 'rally_websocket_closes_total{code="3008"}': '0+30x100' },
    quiet: {
      'rally_websocket_closes_total{code="3008"}': '0+3x100',
      'rally_websocket_closes_total{code="3001"}': '0+300x100',
    },
  },
  RallyRequestsFail: {
    fires: {
      'rally_http_request_duration_seconds_count{status="503"}': '0+10x100',
      'rally_http_request_duration_seconds_count{status="200"}': '0+90x100',
    },
    quiet: {
      'rally_http_request_duration_seconds_count{status="404"}': '0+50x100',
      'rally_http_request_duration_seconds_count{status="200"}': '0+50x100',
    },
  },
  RallyNobodyKeepsHouse: {
    fires: { rally_commands_limit: '4096x100' },
    quiet: {
      'rally_housekeeping_elected{instance="a"}': '0x100',
      'rally_housekeeping_elected{instance="b"}': '1x100',
    },
  },
  RallyHousekeepingLate: {
    fires: { 'rally_housekeeping_late_seconds{list="duels"}': '0+15x100' },
    quiet: { 'rally_housekeeping_late_seconds{list="duels"}': '29x100' },
  },
  RallyEventStoreInterrupted: {
    fires: { rally_event_store_interruptions_total: '0+1x100' },
    quiet: { rally_event_store_interruptions_total: '0x60 5x40' },
  },
  RallyConnectionsWaitedFor: {
    fires: { 'rally_postgres_pool_waiting{pool="rally gateway pages"}': '5x100' },
    quiet: { 'rally_postgres_pool_waiting{pool="rally gateway pages"}': '5 0 5 0 5 0 5 0x90' },
  },
  RallyEventLoopBusy: {
    fires: { nodejs_eventloop_lag_p99_seconds: '0.3x100' },
    quiet: { nodejs_eventloop_lag_p99_seconds: '0.2x100' },
  },
  RallyVersionsMixed: {
    fires: { 'rally_build_info{version="1"}': '1x400', 'rally_build_info{version="2"}': '1x400' },
    quiet: { 'rally_build_info{version="1"}': '1x200', 'rally_build_info{version="2"}': '1x400' },
    after: '80m',
  },
};
