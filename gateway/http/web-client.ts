import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';

/** A file of the web client, in each form in which it can be sent. */
export interface WebFile {
  readonly type: string;
  readonly etag: string;
  /** Its name changes whenever its content does. */
  readonly isHashed: boolean;
  readonly plain: Buffer;
  /** Made at build time; none: it would be no smaller. */
  readonly brotli?: Buffer;
  readonly gzip?: Buffer;
}

/** What the build has made of `web/`, whole, in memory: it is less than a megabyte. */
export interface WebClient {
  /** The document that stands for every page. */
  readonly document: WebFile;
  /** By path, as `/assets/page-1a2b3c.js`. */
  readonly files: ReadonlyMap<string, WebFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** `#package.json` is found from the sources as well as from what is built of them. */
export const builtWebClient = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('#package.json')), 'dist', 'web');

/**
 * Reads it from where the build has put it; null: it has not been built. `gameUrl`: written into the document, for pages to lead
 * players there.
 */
export async function readWebClient(
  directory: string,
  gameUrl: string | undefined,
): Promise<WebClient | null> {
  const contents = new Map<string, Buffer>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    contents.set(`/${relative(directory, path).split(sep).join('/')}`, await readFile(path));
  }
  const files = new Map<string, WebFile>();
  for (const [path, plain] of contents) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const [brotli, gzip] = [contents.get(`${path}.br`), contents.get(`${path}.gz`)];
    files.set(path, { ...webFile(path, type, plain), ...(brotli && { brotli }), ...(gzip && { gzip }) });
  }
  const document = files.get('/index.html');
  files.delete('/index.html');
  if (!document) return null;
  return { document: gameUrl === undefined ? document : withGameUrl(document, gameUrl), files };
}

const webFile = (path: string, type: string, plain: Buffer): WebFile => ({
  type,
  etag: `"${createHash('sha256').update(plain).digest('base64url')}"`,
  isHashed: path.startsWith('/assets/'),
  plain,
});

function withGameUrl({ type, plain }: WebFile, gameUrl: string): WebFile {
  const value = gameUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const meta = `<meta name="rally-game-url" content="${value}" />`;
  return webFile(
    '/index.html',
    type,
    Buffer.from(plain.toString().replace('</head>', () => `${meta}</head>`)),
  );
}
