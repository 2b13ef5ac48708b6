export const LANGUAGES = ['en', 'fr'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The first of the languages that somebody reads, in order, that we have; English otherwise. */
export const chooseLanguage = (read: readonly string[]): Language =>
  read
    .map((tag) => LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language))
    .find((language) => language !== undefined) ?? 'en';
