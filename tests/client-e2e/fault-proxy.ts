import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { FaultyLine, NO_FAULTS } from './frame-faults.ts';
import type { Faults } from './world.ts';

/** Stands between a client and a gateway, serves pages beside, and does to what passes what faulty networks do. */
export class FaultProxy {
  /** Where the gateway is, once it is there. */
  target = '';
  readonly faults: Faults = { ...NO_FAULTS };
  /** Files by their path. */
  readonly pages = new Map<string, { readonly type: string; readonly text: string }>();
  handshakes = 0;
  refreshes = 0;
  isCut = false;
  readonly #lines = new Set<FaultyLine>();
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #server = createServer((incoming, answer) => this.#pass(incoming, answer));
  #sentBefore = 0;

  async listen(port: number): Promise<string> {
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => this.#shake(incoming, socket));
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${port}`;
  }

  /** Nothing of what was done to it is left. */
  reset(): void {
    Object.assign(this.faults, NO_FAULTS);
    this.isCut = false;
    this.handshakes = this.refreshes = this.#sentBefore = 0;
    this.closeAll(1006);
    this.#lines.clear();
  }

  closeAll(code: number): void {
    for (const line of this.#lines) line.close(code);
  }

  cut(): void {
    this.isCut = true;
    this.closeAll(1006);
  }

  silence(): void {
    for (const line of this.#lines) line.isSilent = true;
  }

  /** Frames that did not arrive, of each line that is silent the fewest. */
  get swallowed(): number {
    return Math.min(...[...this.#lines].filter(({ isSilent }) => isSilent).map(({ swallowed }) => swallowed));
  }

  get sentMessages(): number {
    return [...this.#lines].reduce((sum, { sentMessages }) => sum + sentMessages, this.#sentBefore);
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method, url = '', headers } = incoming;
    const page = this.pages.get(url);
    if (page) {
      answer.writeHead(200, { 'content-type': page.type }).end(page.text);
      return;
    }
    if (this.isCut) return void incoming.socket.destroy();
    const isRefresh = method === 'POST' && url === '/api/refresh';
    if (isRefresh) this.refreshes += 1;
    const isLost = isRefresh && this.faults.lostRefreshReplies > 0;
    if (isLost) this.faults.lostRefreshReplies -= 1;
    const passed = request(`${this.target}${url}`, { method, headers }, (response) => {
      if (isLost) {
        response.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    passed.on('error', () => incoming.socket.destroy());
    incoming.pipe(passed);
  }

  #shake(incoming: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => {});
    this.handshakes += 1;
    if (this.isCut) return void socket.destroy();
    if (this.faults.refusedHandshakes > 0) {
      this.faults.refusedHandshakes -= 1;
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { cookie = '', origin = '', 'sec-websocket-protocol': offered = '' } = incoming.headers;
    const far = new WebSocket(
      `${this.target.replace('http', 'ws')}${incoming.url}`,
      offered === '' ? [] : offered.split(/, */),
      { headers: { ...(cookie !== '' && { cookie }), ...(origin !== '' && { origin }) } },
    );
    far.on('error', () => socket.destroy());
    far.on('open', () => {
      this.#sockets.handleUpgrade(incoming, socket, Buffer.alloc(0), (near) => {
        const line = new FaultyLine(near, far, this.faults);
        this.#lines.add(line);
        near.on('close', () => {
          if (this.#lines.delete(line)) this.#sentBefore += line.sentMessages;
        });
      });
    });
  }
}
