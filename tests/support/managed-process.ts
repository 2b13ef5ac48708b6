import { freePort } from '../../local-cluster/free-port.ts';
import { PATIENCE_MS, until } from './patience.ts';
import { type RallyProcess, spawnRally } from './rally-process.ts';

/** One service as a process of its own, which can be killed and started again at the same addresses. */
export interface ManagedProcess {
  /** Where health and metrics are, on loopback. */
  readonly opsPort: number;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: its connections stay open, and it answers nobody until it is thawed. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** Again. Resolves once it says that it is ready. */
  start(): Promise<void>;
  /** The status of `/health/ready`; null: nobody answers. */
  readiness(): Promise<number | null>;
  /** A metric without labels; null: it has none of that name. */
  metric(name: string): Promise<number | null>;
  /** All that it has printed since it was last started. */
  output(): string;
}

/** Of two projection services the one that leads, then the other. */
export const leaderFirst = async (
  one: ManagedProcess,
  other: ManagedProcess,
): Promise<[leader: ManagedProcess, follower: ManagedProcess]> =>
  (await one.metric('rally_projection_leading')) === 1 ? [one, other] : [other, one];

/** `entry` as in `gateway/main.js`. Resolves once it says that it is ready, which each start may take so long to be. */
export async function startManaged(
  entry: string,
  environment: Readonly<Record<string, string>>,
  readyWithinMs = PATIENCE_MS,
): Promise<ManagedProcess> {
  const opsPort = await freePort();
  const settings = { LOG_LEVEL: 'warn', ...environment, OPS_PORT: String(opsPort) };
  let current: RallyProcess;

  const readiness = () =>
    fetch(`http://127.0.0.1:${opsPort}/health/ready`).then(
      (answer) => answer.status,
      () => null,
    );
  const start = async () => {
    const started = spawnRally(entry, settings);
    current = started;
    let ended = false;
    void started.exited.then(() => {
      ended = true;
    });
    await until(async () => ended || (await readiness()) === 200, 25, readyWithinMs);
    if (ended) throw new Error(`${entry} ended before it was ready:\n${started.output()}`);
  };

  await start();
  return {
    opsPort,
    kill: () => current.kill(),
    freeze: () => void current.child.kill('SIGSTOP'),
    thaw: () => void current.child.kill('SIGCONT'),
    stop: () => current.stop(),
    start,
    readiness,
    metric: async (name) => {
      const text = await fetch(`http://127.0.0.1:${opsPort}/metrics`).then((answer) => answer.text());
      const value = new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1];
      return value === undefined ? null : Number(value);
    },
    output: () => current.output(),
  };
}
