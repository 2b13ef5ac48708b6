import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { cannotListen } from './address-free.ts';
import { version } from './command-line.ts';
import { PAGE_POLICY, renderPage } from './glance-page.ts';
import { degradedReasons, notReadyReasons } from './readiness.ts';
import { RecentSamples } from './recent-samples.ts';
import type { Service } from './service.ts';

/** Where a process answers for its health. */
export interface ProcessAddress {
  readonly name: string;
  /** `http://host:port` */
  readonly url: string;
}

export interface OpsServerOptions {
  /** Of the process. */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly metrics: Registry;
  /** Why the process as a whole cannot work yet or any more; null: look at `services`. */
  readonly phase: () => string | null;
  readonly services: () => readonly Service[];
  /** That this one has started: whoever knows its address finds them there. */
  readonly processes: () => readonly ProcessAddress[];
}

export interface OpsServer extends Service {
  /** `http://host:port` */
  readonly address: string;
}

/**
 * `/health/live`, `/health/ready` and `/metrics` for operators, never on the public port; `/` shows them at a glance, and `/processes`
 * names this process and those that it has started.
 *
 * `live` means that the process answers at all; `ready` is 503 with the reasons by service until all can work, and 200 with
 * reasons as well while one works that wants an operator.
 * Rejects with `ConfigurationError` when the address cannot be listened on.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { name, host, port, metrics, phase, services, processes } = options;
  const samples = new RecentSamples(metrics);
  const own = (): ProcessAddress => ({ name, url: url() });

  const answers = new Map<string, (response: ServerResponse) => Promise<void>>([
    ['/health/live', async (response) => json(response, 200, { status: 'live' })],
    [
      '/health/ready',
      async (response) => {
        const { code, body } = await readinessOf(phase(), services());
        json(response, code, body);
      },
    ],
    [
      '/metrics',
      async (response) => {
        response.setHeader('content-type', metrics.contentType);
        response.end(await metrics.metrics());
      },
    ],
  ]);

  answers.set('/processes', async (response) => json(response, 200, [own(), ...processes()]));
  answers.set('/', async (response) => {
    const [readiness, glance] = await Promise.all([readinessOf(phase(), services()), samples.glance()]);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.setHeader('cache-control', 'no-store');
    response.end(renderPage({ name, version: version(), ...readiness.body, glance, processes: processes() }));
  });

  /** Takes the target as it is: a client may send one that is no URL. */
  async function respond({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return json(response, 405, { status: 'method not allowed' });
    }
    const [path = ''] = url.split('?', 1);
    const answer = answers.get(path);
    return answer ? answer(response) : json(response, 404, { status: 'not found' });
  }

  // An error here must not reach the process, whatever was asked.
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  server.listen({ host, port });
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw cannotListen({ host, port, options: { host: 'OPS_HOST', port: 'OPS_PORT' } }, error);
  });
  function url(): string {
    const address = server.address();
    return `http://${host}:${address && typeof address === 'object' ? address.port : port}`;
  }
  return {
    name: 'ops',
    address: url(),
    notReady: async () => null,
    stop: async () => {
      samples.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readinessOf(phase: string | null, services: readonly Service[]) {
  const lacking = phase === null ? await notReadyReasons(services) : { process: phase };
  if (Object.keys(lacking).length > 0) return { code: 503, body: { status: 'not ready', reasons: lacking } };
  const reasons = await degradedReasons(services);
  const isDegraded = Object.keys(reasons).length > 0;
  return { code: 200, body: isDegraded ? { status: 'degraded', reasons } : { status: 'ready' } };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

/** One registry per process, with what Node itself tells; each part adds its own to it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'rally_build_info',
    help: 'Always 1; the version of Rally.',
    labelNames: ['version'] as const,
    registers: [registry],
  }).set({ version: version() }, 1);
  return registry;
}
