import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess } from '../../platform/service/end-with-this-process.ts';

/** Reverse proxies for which a configuration is shipped in `deploy/`. */
export type ProxyName = 'nginx' | 'HAProxy';

export const isInstalled = (name: ProxyName): boolean =>
  name === 'nginx' ? spawnSync('nginx', ['-v']).status === 0 : spawnSync('haproxy', ['-v']).status === 0;

export interface ProxiedGateway {
  readonly port: number;
  readonly opsPort: number;
}

/** Ports of the proxy, and what is behind it. Everything is on loopback. */
export interface ProxyPorts {
  readonly http: number;
  readonly https: number;
  readonly gateways: readonly [ProxiedGateway, ProxiedGateway];
}

export interface ReverseProxy {
  stop(): Promise<void>;
}

/**
 * The real proxy with the very file that is shipped; only ports, addresses and places in the file system are others, and
 * each of them must stand in it. With a certificate of its own.
 */
export async function startProxy(name: ProxyName, ports: ProxyPorts): Promise<ReverseProxy> {
  const home = await mkdtemp(join(tmpdir(), 'rally-proxy-'));
  // nginx's workers are another user.
  await chmod(home, 0o755);
  await makeCertificate(home);
  const { file, command, changes } = name === 'nginx' ? nginx(home, ports) : haproxy(home, ports);
  const configuration = join(home, 'configuration');
  await writeFile(configuration, withChanges(await readFile(file, 'utf8'), changes));

  const proxy = spawn(command[0], [...command.slice(1), configuration], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithThisProcess(proxy, 'SIGTERM');
  let output = '';
  for (const stream of [proxy.stdout, proxy.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = once(proxy, 'exit');
  const isListening = async () => {
    if (proxy.exitCode !== null) throw new Error(`${name} ended with ${proxy.exitCode}:\n${output}`);
    return fetch(`http://127.0.0.1:${ports.http}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
  };
  while (!(await isListening())) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    async stop() {
      proxy.kill('SIGTERM');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface ProxySetUp {
  readonly file: string;
  readonly command: readonly [string, ...string[]];
  readonly changes: readonly (readonly [from: string, to: string])[];
}

function nginx(home: string, { http, https, gateways: [one, other] }: ProxyPorts): ProxySetUp {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const places = folders.map((folder) => `${folder}_temp_path ${home}/${folder};`).join(' ');
  return {
    file: 'deploy/nginx.conf',
    command: ['nginx', '-e', `${home}/error.log`, '-g', 'daemon off;', '-c'],
    changes: [
      ['error_log /var/log/nginx/error.log;', `error_log ${home}/error.log;`],
      ['pid /run/nginx.pid;', `pid ${home}/pid;`],
      // Limits of this machine, and of whom the tests run as.
      ['worker_rlimit_nofile 262144;', ''],
      ['worker_connections 65536;', 'worker_connections 512;'],
      ['http {\n', `http {\n${places}\n`],
      ['listen 80 ', `listen 127.0.0.1:${http} `],
      ['listen 443 ', `listen 127.0.0.1:${https} `],
      ['/etc/ssl/rally/fullchain.pem', `${home}/certificate.pem`],
      ['/etc/ssl/rally/privkey.pem', `${home}/key.pem`],
      ['gateway-1:8080', `127.0.0.1:${one.port}`],
      ['gateway-2:8080', `127.0.0.1:${other.port}`],
    ],
  };
}

const haproxy = (home: string, { http, https, gateways: [one, other] }: ProxyPorts): ProxySetUp => ({
  file: 'deploy/haproxy.cfg',
  command: ['haproxy', '-db', '-f'],
  changes: [
    ['maxconn 100000', 'maxconn 400'],
    ['bind :80\n', `bind 127.0.0.1:${http}\n`],
    ['bind :443 ', `bind 127.0.0.1:${https} `],
    ['/etc/haproxy/certs/', `${home}/both.pem`],
    ['gateway-1:8080', `127.0.0.1:${one.port} port ${one.opsPort}`],
    ['gateway-2:8080', `127.0.0.1:${other.port} port ${other.opsPort}`],
  ],
});

function withChanges(text: string, changes: ProxySetUp['changes']): string {
  return changes.reduce((changed, [from, to]) => {
    if (changed.split(from).length !== 2) throw new Error(`not once in the configuration: ${from}`);
    return changed.replace(from, () => to);
  }, text);
}

async function makeCertificate(home: string): Promise<void> {
  const [key, certificate] = [join(home, 'key.pem'), join(home, 'certificate.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, ...files], { stdio: 'pipe' });
  await writeFile(
    join(home, 'both.pem'),
    (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')),
  );
}
