import { z } from 'zod';
import { parseSamples, type Samples } from '../platform/service/metric-samples.ts';

/** Of one process, where it tells of its health and metrics. */
export interface OpsPort {
  readonly name: string;
  /** `http://host:port` */
  readonly url: string;
}

export interface OpsLook {
  readonly name: string;
  readonly url: string;
  /** `away`: it does not answer. */
  readonly state: 'ready' | 'degraded' | 'not ready' | 'away';
  /** By part, why it is not ready, or what wants an operator. */
  readonly reasons: Readonly<Record<string, string>>;
  /** null: it does not answer. */
  readonly samples: Samples | null;
  /** Its clock, to the second, between two moments of ours, in milliseconds; null: it does not say. */
  readonly clock: { readonly at: number; readonly sentAt: number; readonly receivedAt: number } | null;
}

const ANSWER_WITHIN_MS = 3000;

const processes = z.array(z.object({ name: z.string(), url: z.url({ protocol: /^http$/ }) }));
const readiness = z.object({
  status: z.enum(['ready', 'degraded', 'not ready']),
  reasons: z.record(z.string(), z.string()).default({}),
});

const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });

/** Who is behind these addresses: each process, and those that it has started. One that is away is named by its address. Never rejects. */
export async function findProcesses(urls: readonly string[]): Promise<OpsPort[]> {
  const found = await Promise.all(
    urls.map(async (url) => {
      try {
        const [own, ...started] = processes.parse(await (await ask(`${url}/processes`)).json());
        // It knows where it listens, and not by which address it is reached.
        return own ? [{ name: own.name, url }, ...started] : [];
      } catch {
        return [{ name: new URL(url).host, url }];
      }
    }),
  );
  return found.flat();
}

/** How a process is, and what it tells. Never rejects. */
export async function lookAt({ name, url }: OpsPort): Promise<OpsLook> {
  try {
    const sentAt = Date.now();
    const [ready, metrics] = await Promise.all([ask(`${url}/health/ready`), ask(`${url}/metrics`)]);
    const receivedAt = Date.now();
    const { status, reasons } = readiness.parse(await ready.json());
    const at = Date.parse(ready.headers.get('date') ?? '');
    return {
      name,
      url,
      state: status,
      reasons,
      samples: parseSamples(await metrics.text(), performance.now()),
      clock: Number.isNaN(at) ? null : { at, sentAt, receivedAt },
    };
  } catch {
    return { name, url, state: 'away', reasons: {}, samples: null, clock: null };
  }
}
