import { once } from 'node:events';
import { createServer } from 'node:http';

export interface FakeProcess {
  /** `http://host:port` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface FakeOptions {
  /** As Prometheus reads them. */
  readonly metrics?: string;
  /** Of its clock. Default 0. */
  readonly aheadMs?: number;
}

/** An ops port that says what a test wants to have said. */
export async function startFakeProcess({ metrics = '', aheadMs = 0 }: FakeOptions): Promise<FakeProcess> {
  const answers: Record<string, string> = {
    '/processes': JSON.stringify([{ name: 'gateway', url: 'http://0.0.0.0:1' }]),
    '/health/ready': JSON.stringify({ status: 'ready' }),
    '/metrics': metrics,
  };
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    response.end(answers[request.url ?? ''] ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
