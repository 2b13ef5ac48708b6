import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
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
  /** As the server does in a burst, when a subscription's 32 waiting events become more. */
  dropSubscriptions(): void;
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
  const url = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the double ended with ${code}`))),
  ]);
  return {
    url,
    child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    dropSubscriptions: () => void child.kill('SIGUSR2'),
  };
}

let built: Promise<void> | undefined;

/** Node 20 runs no TypeScript, and the project's own build leaves the tests out. */
function buildOnce(): Promise<void> {
  built ??= buildEntry();
  return built;
}

/** Other test workers may be building it, or starting it, at the same time: the file is replaced in one step. */
async function buildEntry(): Promise<void> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: ENTRY, target: 'node20', write: false, rollupOptions: { output: { format: 'es' } } },
  });
  const code = [result].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  const [entry] = code;
  if (entry?.type !== 'chunk' || code.length > 1) throw new Error('the double is one file');
  const ownFile = `${BUILT}${process.pid}.js`;
  await mkdir(BUILT, { recursive: true });
  await writeFile(ownFile, entry.code);
  await rename(ownFile, `${BUILT}main.js`);
}
