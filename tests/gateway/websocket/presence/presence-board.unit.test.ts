import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PresenceBoard } from '../../../../gateway/websocket/presence/presence-board.ts';
import { PresenceFrame, PresenceFrames } from '../../../../gateway/websocket/presence/presence-frames.ts';
import { decodeLines, encodeLine } from '../../../support/encoded-lines.ts';

let encoded = 0;

const frame = (user: string, position: number) =>
  new PresenceFrame(user, BigInt(position), `${user}${position}`, (text) => {
    encoded += 1;
    return encodeLine(text);
  });

function board(...frames: readonly (readonly [user: string, position: number])[]): PresenceBoard {
  const made = new PresenceBoard();
  for (const [user, position] of frames) made.put(frame(user, position));
  return made;
}

/** All that comes after a place, `limit` at a time. */
function readAfter(from: PresenceBoard, start: number, limit = 10): string[] {
  const read: string[] = [];
  let place = start;
  while (from.hasAfter(place)) {
    const next = from.after(place, limit);
    expect(next.count).toBeGreaterThan(0);
    expect(next.count).toBeLessThanOrEqual(limit);
    expect(next.end).toBeGreaterThan(place);
    expect(decodeLines([next.bytes])).toHaveLength(next.count);
    read.push(...decodeLines([next.bytes]));
    place = next.end;
  }
  expect(place).toBe(from.end);
  return read;
}

describe('the board', () => {
  it('has the newest frame of each user, in the order in which they came', () => {
    expect(readAfter(board(['a', 1], ['b', 2], ['a', 3], ['c', 4]), 0)).toEqual(['b2', 'a3', 'c4']);
  });

  it('has nothing after its end, and after it only what came since', () => {
    const made = board(['a', 1], ['b', 2]);
    const { end } = made;
    expect(made.hasAfter(end)).toBe(false);
    made.put(frame('a', 3));
    expect(readAfter(made, end)).toEqual(['a3']);
    expect(readAfter(made, 0)).toEqual(['b2', 'a3']);
  });

  it('says whether a frame takes the place of an older one, and takes none that is no newer', () => {
    const made = new PresenceBoard();
    expect([made.put(frame('a', 5)), made.put(frame('a', 6))]).toEqual([false, true]);
    expect([made.put(frame('a', 6)), made.put(frame('a', 4))]).toEqual([false, false]);
    expect(readAfter(made, 0)).toEqual(['a6']);
  });

  it('makes the bytes of a frame once, and those of several at the same place once until something changes', () => {
    const made = board(['a', 1], ['b', 2]);
    encoded = 0;
    const { bytes } = made.after(0, 10);
    expect(made.after(0, 10).bytes).toBe(bytes);
    made.put(frame('c', 3));
    expect(decodeLines([made.after(0, 10).bytes])).toEqual(['a1', 'b2', 'c3']);
    expect(encoded).toBe(3);
  });

  it('brings those who began at different places to the same ones', () => {
    const made = new PresenceBoard();
    for (let index = 0; index < 500; index += 1) made.put(frame(`u${index}`, index));
    const [one, other] = [made.after(3, 200), made.after(40, 200)];
    expect([one.end, other.end]).toEqual([50, 50]);
    expect(made.after(one.end, 200).bytes).toBe(made.after(other.end, 200).bytes);
  });

  it('forgets what all have had, and knows those users no more', () => {
    const made = board(['a', 1], ['b', 2], ['c', 3]);
    made.forgetBefore(2);
    expect(made.size).toBe(1);
    expect(readAfter(made, 2)).toEqual(['c3']);
    made.forgetBefore(made.end);
    expect([made.size, made.hasAfter(0)]).toEqual([0, false]);
  });

  it('grows with the users, and not with what happens', () => {
    const made = new PresenceBoard();
    for (let index = 0; index < 10_000; index += 1) made.put(frame(`u${index % 7}`, index));
    expect(made.size).toBe(7);
    expect(made.entries).toBeLessThan(100);
    expect(readAfter(made, 0, 200)).toHaveLength(7);
    expect(readAfter(made, 9990, 3)).toHaveLength(7);
  });
});

it('what is said of a user again is the same frame, and what is new another one', () => {
  const frames = new PresenceFrames(encodeLine);
  const one = frames.frame('a', 1n, 'online');
  expect(frames.frame('a', 7n, 'online')).toBe(one);
  expect(frames.frame('b', 7n, 'online')).not.toBe(one);
  expect(frames.frame('a', 8n, 'offline')).toMatchObject({ userKey: 'a', position: 8n, text: 'offline' });
});

it('whatever is put and forgotten, who reads on from any place gets the newest frame of each user that came after it', () => {
  const put = fc.record({ user: fc.nat({ max: 90 }), times: fc.integer({ min: 1, max: 60 }) });
  const forget = fc.record({ forget: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: put }, { weight: 1, arbitrary: forget })),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (steps, limit, share) => {
        const made = new PresenceBoard();
        const put: { readonly user: string; readonly position: number }[] = [];
        let forgotten = 0;
        for (const step of steps) {
          if ('forget' in step) {
            forgotten += Math.floor((made.end - forgotten) * step.forget);
            made.forgetBefore(forgotten);
            continue;
          }
          for (let time = 0; time < step.times; time += 1) {
            const user = `u${(step.user + time) % 100}`;
            put.push({ user, position: put.length });
            made.put(frame(user, put.length - 1));
          }
        }
        const start = forgotten + Math.floor((made.end - forgotten) * share);
        const newest = new Map(put.map(({ user, position }) => [user, position]));
        const expected = put
          .filter(({ user, position }) => position >= start && newest.get(user) === position)
          .map(({ user, position }) => `${user}${position}`);
        expect(readAfter(made, start, limit)).toEqual(expected);
        expect(made.size).toBe([...newest.values()].filter((position) => position >= forgotten).length);
      },
    ),
  );
});
