/**
 * How much of a suite a deployment is held to. The code of a deployment differs in what carries commands and pushes and in
 * where the log is; the rest of the way is the same. So one deployment, the one with most processes, is held to everything, and
 * the others to one of each: each command, each kind of push, whatever comes together with something else at the same
 * moment or is asked of the log again. What is left out there a gateway answers by itself, or follows from rules that know of no
 * deployment: forms of requests, who may ask, reasons of refusals, filters of pages.
 */
export type Extent = 'everything' | 'one of each';
