import { useSurroundings } from './surroundings.ts';

/** What a room says, in each language. The other languages have exactly the words that the English has, with the same parameters. */
export interface Dictionary<Words> {
  readonly en: Words;
  readonly fr: Words;
}

export const dictionary = <Words>(words: { en: Words; fr: NoInfer<Words> }): Dictionary<Words> => words;

export const useWords = <Words>(words: Dictionary<Words>): Words => words[useSurroundings().language];

/** A name in a text without elements, where no `bdi` is: one from right to left moves nothing beside it. */
export const isolated = (name: string): string => `\u2068${name}\u2069`;
