/**
 * Variables that libraries look up by themselves, and that a shell holds for other programs. None of them may decide
 * which server Rally talks to, by what driver, or what it prints: `PG…` and the native driver of `pg`, the proxies of
 * gRPC (an event store is reached directly), and `DEBUG`, for which the event store's client prints what it sends.
 *
 * Node's own variables stay: `NODE_OPTIONS`, `NODE_EXTRA_CA_CERTS` and their like are set for the process as a whole.
 */
const OF_LIBRARIES = /^(PG[A-Z_]+|NODE_PG_FORCE_NATIVE|(grpc|https?)_proxy|DEBUG)$/;

/** Some are read when a library is loaded: to be called before that. Processes that are started later get none of them either. */
export function dropLibraryVariables(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (OF_LIBRARIES.test(name)) delete environment[name];
}
