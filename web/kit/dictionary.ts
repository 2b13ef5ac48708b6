import { useSurroundings } from './surroundings.ts';

export const LANGUAGES = ['en', 'fr'] as const;

export type Language = (typeof LANGUAGES)[number];

/** What a room says, in each language. The other languages have exactly the words that the English has, with the same parameters. */
export interface Dictionary<Words> {
  readonly en: Words;
  readonly fr: Words;
}

export const dictionary = <Words>(words: { en: Words; fr: NoInfer<Words> }): Dictionary<Words> => words;

export const useWords = <Words>(words: Dictionary<Words>): Words => words[useSurroundings().language];

/** The first of the languages that somebody reads, in order, that we have; English otherwise. */
export const chooseLanguage = (read: readonly string[]): Language =>
  read
    .map((tag) => LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language))
    .find((language) => language !== undefined) ?? 'en';
