import { InvalidArgumentError } from 'commander';
import { ROOMS } from '../read-models/registry.ts';
import type { Room } from '../read-models/room.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** A place in the log, as commands print it. */
export function positionArgument(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('a position is a number.');
  return BigInt(text);
}

/** For `[position…]`. */
export const positionArguments = (text: string, before: readonly bigint[] = []): readonly bigint[] => [
  ...before,
  positionArgument(text),
];

export function countArgument(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a number from 1 on is needed.');
  return Number(text);
}

export const ROOM_NAMES: readonly string[] = ROOMS.map(({ name }) => name);

/** For `[rooms...]`. Throws `CommandFailed` when there is no such room. */
export function roomsNamed(names: readonly string[]): readonly Room[] {
  const unknown = names.find((name) => !ROOM_NAMES.includes(name));
  if (unknown !== undefined)
    throw new CommandFailed(`there is no room ${unknown}, only ${ROOM_NAMES.join(', ')}`, EXIT.usage);
  return ROOMS.filter(({ name }) => names.includes(name));
}
