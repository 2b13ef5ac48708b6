import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { NoResponder, RequestTimeout } from '../../platform/message-bus/message-bus.ts';
import { connectNatsBus } from '../../platform/message-bus/nats/nats-bus.ts';
import {
  type NatsServer,
  natsServerIsThere,
  startNatsServer,
  WITHOUT_NATS_SERVER,
} from '../support/nats-server.ts';
import { eventually, until } from '../support/patience.ts';
import { describeMessageBusContract } from './message-bus-contract.ts';
import { freshSubject } from './subjects.ts';

const logger = pino({ level: 'silent' });
const { NATS_URL } = process.env;
const connectTo = (url: string) => connectNatsBus({ url, name: 'test', logger });

if (NATS_URL) {
  describeMessageBusContract('NATS at NATS_URL', async () => ({
    connect: () => connectTo(NATS_URL),
    stop: async () => {},
  }));
} else if (natsServerIsThere) {
  describeMessageBusContract('NATS', async () => {
    const server = await startNatsServer();
    return { connect: () => connectTo(server.url), stop: () => server.stop() };
  });
} else {
  describe.skip(`NATS as a message bus: ${WITHOUT_NATS_SERVER}`, () => {
    it('keeps the contract', () => {});
  });
}

describe.runIf(natsServerIsThere)('a NATS server that dies and comes back', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is told to members when it goes, and when nothing can be lost any more', async () => {
    const bus = await connectTo(server.url);
    const subject = freshSubject();
    const received: string[] = [];
    await bus.subscribe(subject, (payload) => received.push(payload));
    const interrupted = vi.fn();
    bus.onInterrupted(interrupted);

    await server.kill();
    await eventually(() => expect(interrupted).toHaveBeenCalledTimes(1));
    expect(bus.isConnected()).toBe(false);
    bus.publish(subject, 'lost');
    await expect(bus.flush()).rejects.toThrow();
    await server.start();
    await eventually(() => expect(interrupted).toHaveBeenCalledTimes(2));
    expect(bus.isConnected()).toBe(true);

    bus.publish(subject, 'arrives');
    await bus.flush();
    await eventually(() => expect(received).toEqual(['arrives']));
    await bus.close();
  });

  it('fails requests at once while it is away, those under way within their deadline, and serves later ones', async () => {
    const [asking, answering] = await Promise.all([connectTo(server.url), connectTo(server.url)]);
    const subject = freshSubject();
    let arrived = () => {};
    const underWay = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let finish = (_reply: string) => {};
    await answering.respond(subject, 'group', (payload) => {
      if (payload !== 'slow') return Promise.resolve(`answer to ${payload}`);
      arrived();
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const gone = new Promise<void>((resolve) => asking.onInterrupted(resolve));

    const slow = asking.request(subject, 'slow', { timeoutMs: 1000 });
    const refused = expect(slow).rejects.toBeInstanceOf(RequestTimeout);
    await underWay;
    await server.kill();
    await gone;
    await expect(asking.request(subject, 'at once', { timeoutMs: 60_000 })).rejects.toBeInstanceOf(
      NoResponder,
    );
    await refused;
    finish('too late');

    await server.start();
    await eventually(async () =>
      expect(await asking.request(subject, 'again', { timeoutMs: 1000 })).toBe('answer to again'),
    );
    await Promise.all([asking.close(), answering.close()]);
  });

  it('confirms nothing before the bus is whole again: what was published meanwhile is lost', async () => {
    const bus = await connectTo(server.url);
    await server.kill();
    await until(() => !bus.isConnected());
    bus.publish(freshSubject(), 'lost');
    const confirmedTooEarly: boolean[] = [];
    const back = server.start();
    while (!bus.isConnected()) {
      const flushed = bus.flush().then(
        () => true,
        () => false,
      );
      void flushed.then((confirmed) => confirmedTooEarly.push(confirmed));
      await nextTurn();
    }
    await back;
    await bus.flush();
    expect(confirmedTooEarly).not.toContain(true);
    await bus.close();
  });

  it('cannot be connected to while it is away', async () => {
    await server.kill();
    await expect(connectTo(server.url)).rejects.toThrow();
    await server.start();
  });
});

describe.runIf(natsServerIsThere)('what is asked for in one turn of the event loop', () => {
  it('leaves in one write, whatever of the turn asked for it', async () => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const [asking, answering] = await Promise.all([connectTo(server.url), connectTo(server.url)]);
    const subject = freshSubject();
    await answering.respond(subject, 'group', async (payload) => payload);
    const written = vi.spyOn(Socket.prototype, 'write');
    onTestFinished(() => written.mockRestore());

    const asked = Array.from({ length: 10 }, async (_, number) => {
      await nextTurn();
      return asking.request(subject, `${number}`, { timeoutMs: 60_000 });
    });
    expect(await Promise.all(asked)).toEqual(asked.map((_, number) => `${number}`));
    const requests = written.mock.calls.filter(([bytes]) => Buffer.from(bytes).includes(`PUB ${subject} `));
    expect(requests).toHaveLength(1);
    await Promise.all([asking.close(), answering.close()]);
  });
});

describe.runIf(natsServerIsThere)('a NATS server that takes less than what is never cut', () => {
  it('is refused at the start, in words that name the setting', async () => {
    const home = await mkdtemp(join(tmpdir(), 'rally-nats-'));
    onTestFinished(() => rm(home, { recursive: true }));
    await writeFile(join(home, 'nats.conf'), 'max_payload: 65536');
    const server = await startNatsServer('-c', join(home, 'nats.conf'));
    onTestFinished(() => server.stop());
    await expect(connectTo(server.url)).rejects.toThrow(
      /max_payload is 65536 bytes, at least 655360 are needed/,
    );
  });
});
