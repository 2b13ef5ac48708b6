import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** A socket's whole path has to fit into 104 bytes on the strictest system; the file name takes 15 of them. */
const LONGEST = 88;

export interface SocketDirectory {
  /** Where this process, and others of the same user, find the socket. */
  readonly path: string;
  close(): Promise<void>;
}

/** The directory's own path, or a short detour through an open descriptor where that one is too long for a socket. */
export async function socketDirectory(directory: string): Promise<SocketDirectory> {
  if (Buffer.byteLength(directory) <= LONGEST) return { path: directory, close: async () => {} };
  if (!existsSync('/proc/self/fd')) throw new PathTooLong(`DATA_DIR: ${directory} is too long for a socket`);
  const handle: FileHandle = await open(directory, 'r');
  return { path: `/proc/${process.pid}/fd/${handle.fd}`, close: () => handle.close() };
}

/** Of the server that listens there, its database `postgres`. */
export const urlAt = ({ path }: SocketDirectory): string =>
  `postgres://postgres@localhost/postgres?host=${encodeURIComponent(path)}`;

export class PathTooLong extends Error {
  override readonly name = 'PathTooLong';
}
