import type { IncomingHttpHeaders } from 'node:http';
import { HttpRefusal } from './http-refusal.ts';

/** No client can send a header of this name: it is none. */
const TARGET_HEADER = ':target';
/** What URL parsers rewrite or drop in their own ways, instead of naming something by it. */
const AMBIGUOUS = /[\p{Cc}\\#]/u;

/**
 * Injected requests go through a URL parser, for which `.` and `..` are no names, `\` is `/`, and some paths do not
 * exist. So the target as it was sent goes around it, in a header. Throws `HttpRefusal` for one that is no path.
 */
export function carriedTarget(target: string): { url: string; header: Record<string, string> } {
  if (!target.startsWith('/') || AMBIGUOUS.test(target)) throw new HttpRefusal('bad_request');
  return { url: '/', header: { [TARGET_HEADER]: target } };
}

/** The path that is routed. */
export const targetOf = ({ headers }: { readonly headers: IncomingHttpHeaders }): string =>
  String(headers[TARGET_HEADER]);
