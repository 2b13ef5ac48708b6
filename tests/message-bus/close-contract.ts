import { expect, test, vi } from 'vitest';
import type { Connect } from './message-bus-contract.ts';
import { freshSubject, gate, PATIENT } from './subjects.ts';

export function closeContract(connect: Connect): void {
  test('closing finishes the requests under way', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const [started, finish] = [gate(), gate()];
    const finished = vi.fn();
    await bus.respond(subject, 'group', async (payload) => {
      started.open();
      await finish.opened;
      finished();
      return payload;
    });
    const request = bus.request(subject, 'x', PATIENT);
    request.catch(() => {});
    await started.opened;
    const closing = bus.close();
    finish.open();
    await closing;
    expect(finished).toHaveBeenCalledOnce();
  });

  test('nothing arrives at a member that is closed, and it accepts nothing', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const got: string[] = [];
    await bus.subscribe(subject, (payload) => got.push(payload));
    bus.publish(subject, 'before');
    await bus.flush();
    expect(bus.isConnected()).toBe(true);
    await bus.close();
    expect(bus.isConnected()).toBe(false);
    const before = got.length;
    bus.publish(subject, 'x');
    await expect(bus.request(subject, 'x', PATIENT)).rejects.toThrow();
    await expect(bus.subscribe(subject, () => {})).rejects.toThrow();
    await expect(bus.respond(subject, 'group', async () => '')).rejects.toThrow();
    expect(got).toHaveLength(before);
  });

  test('closing again is harmless', async () => {
    const bus = await connect();
    await bus.close();
    await bus.close();
  });
}
