import { randomUUID } from 'node:crypto';

/** A subject that no other test uses. */
export const freshSubject = (): string => `test.${randomUUID()}`;

/** Longer than any busy machine needs for an answer. */
export const PATIENT = { timeoutMs: 10_000 } as const;

export const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

/** Something to wait for until somebody opens it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
