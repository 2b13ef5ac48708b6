/** What clients, proxies and servers read in different ways. */
const AMBIGUOUS = /[\p{Cc}\\#]/u;

/** Whether a request is for a path and its query, which are then routed as they were sent: `.` and `..` are names. */
export const isPath = (target: string): boolean => target.startsWith('/') && !AMBIGUOUS.test(target);
