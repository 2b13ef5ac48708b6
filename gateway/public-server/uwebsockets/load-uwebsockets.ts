import { createRequire } from 'node:module';
import type { UWebSockets } from './uwebsockets-api.ts';

/**
 * Builds of the same library, best first. The official one is not on the npm registry, so it is taken when somebody has
 * installed it; the others bring binaries for different versions of Node and of the C library. The last one's own
 * entry point would fall back to a slow imitation, so its binary is named directly.
 */
const BUILDS: readonly string[] = [
  'uWebSockets.js',
  '@btc-vision/uwebsockets.js',
  `@trufflesuite/uws-js-unofficial/binaries/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`,
];

/** null: none of the builds runs here. */
export function loadUWebSockets(): UWebSockets | null {
  const require = createRequire(import.meta.url);
  for (const build of BUILDS) {
    try {
      const library: UWebSockets = require(build);
      return library;
    } catch {
      // Not installed, or made for another platform, Node or libc: the next one may fit.
    }
  }
  return null;
}
