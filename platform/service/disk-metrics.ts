import { statfs } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';

/** Of the disk on which a directory is, in bytes; free is what this user may still write. Rejects as `statfs` does. */
export async function diskOf(directory: string): Promise<{ readonly free: number; readonly size: number }> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { free: bavail * bsize, size: blocks * bsize };
}

/** Tells of the disk of the data directory whenever somebody looks. */
export function observeDisk(registry: Registry, directory: string): void {
  const gauge = (name: 'free' | 'size', help: string) =>
    new Gauge({
      name: `rally_disk_${name}_bytes`,
      help,
      registers: [registry],
      async collect() {
        const disk = await diskOf(directory).catch(() => null);
        if (disk) this.set(disk[name]);
      },
    });
  gauge('free', 'Free on the disk of the data directory.');
  gauge('size', 'Size of the disk of the data directory.');
}
