import { createHash } from 'node:crypto';

/** Headers of a page that stands for itself: nothing is loaded, run, sent or framed, and its one style is named by its hash. */
export function staticPageHeaders(style: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { 'content-security-policy': policy.join('; '), 'referrer-policy': 'no-referrer' };
}
