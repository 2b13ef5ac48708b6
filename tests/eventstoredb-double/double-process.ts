import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('main.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('../../node_modules/.cache/eventstoredb-double/', import.meta.url));

export interface DoubleProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** SIGKILL, then waits for the end. */
  kill(): Promise<void>;
}

/** The double as a process of its own, which can be killed and stopped like a server. `logFile` outlives it. */
export async function startDoubleProcess(options: {
  readonly port?: number;
  readonly logFile: string;
}): Promise<DoubleProcess> {
  await buildOnce();
  const child = spawn(
    process.execPath,
    [`${BUILT}main.js`, '--port', String(options.port ?? 0), '--log', options.logFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: String(url),
    child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

let built: Promise<unknown> | undefined;

/** Node 20 runs no TypeScript, and the project's own build leaves the tests out. */
function buildOnce(): Promise<unknown> {
  built ??= build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: ENTRY,
      outDir: BUILT,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'main.js', format: 'es' } },
    },
  });
  return built;
}
