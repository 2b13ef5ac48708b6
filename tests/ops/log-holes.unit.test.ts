import { expect, it } from 'vitest';
import { LogHoles } from '../../ops/backup/log-holes.ts';
import { RETENTION } from '../../platform/event-store/retention.ts';

interface Written {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/** A log in which presence was trimmed as far as it may be. */
function writtenLog(): { readonly whole: Written[]; readonly kept: Written[] } {
  const revisions = new Map<string, number>();
  const streams = Array.from({ length: 120 }, (_, at) =>
    at % 3 === 0 ? `message-${at}` : `presence-u${at % 2}`,
  );
  const whole = streams.map((stream, position) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return { stream, revision, position };
  });
  const kept = whole.filter(
    ({ stream, revision }) =>
      !stream.startsWith('presence-') || revision > (revisions.get(stream) ?? 0) - RETENTION.presence,
  );
  return { whole, kept };
}

function unexplained(events: readonly Written[], last: number): number {
  const holes = new LogHoles();
  for (const event of events) holes.see(event);
  return holes.unexplained(last);
}

it('what retention removes is not missed, all of it or a part', () => {
  const { whole, kept } = writtenLog();
  expect(kept.length).toBeLessThan(whole.length);
  for (const events of [[], whole, kept]) expect(unexplained(events, events.at(-1)?.position ?? -1)).toBe(0);
  const half = whole.filter((event) => kept.includes(event) || event.position % 2 === 0);
  expect(unexplained(half, 119)).toBe(0);
});

it('every other event is missed, wherever it stood', () => {
  const { whole, kept } = writtenLog();
  for (const lost of kept)
    expect(
      unexplained(
        kept.filter((event) => event !== lost),
        119,
      ),
    ).toBeGreaterThan(0);
  for (const lost of whole.filter(({ stream }) => stream.startsWith('message-')))
    expect(
      unexplained(
        whole.filter((event) => event !== lost),
        119,
      ),
    ).toBe(1);
});

it('what stands in another order is missed', () => {
  const { whole } = writtenLog();
  const [first, second, ...rest] = whole;
  if (!first || !second) throw new Error('there are events');
  expect(unexplained([second, first, ...rest], 119)).toBeGreaterThan(0);
});
