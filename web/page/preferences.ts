import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { chooseLanguage, LANGUAGES, type Language } from '../kit/language.ts';

export const THEMES = ['system', 'light', 'dark'] as const;

/** What somebody has chosen on this machine. */
export interface Preferences {
  readonly theme: Signal<(typeof THEMES)[number]>;
  readonly chosenLanguage: Signal<Language | 'system'>;
  readonly language: ReadonlySignal<Language>;
  readonly wantsNotifications: Signal<'yes' | 'no'>;
}

/** Kept in this browser's storage, where it has one. */
export function createPreferences(): Preferences {
  const chosenLanguage = kept('language', ['system', ...LANGUAGES]);
  return {
    theme: kept('theme', THEMES),
    chosenLanguage,
    language: computed(() =>
      chosenLanguage.value === 'system' ? chooseLanguage(navigator.languages) : chosenLanguage.value,
    ),
    wantsNotifications: kept('notifications', ['no', 'yes']),
  };
}

/** The first choice is what holds until another is made. */
function kept<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Signal<Choice> {
  const key = `rally.preferences.${name}`;
  const stored = attempt(() => localStorage.getItem(key));
  const choice = signal(choices.find((one) => one === stored) ?? choices[0]);
  effect(() => {
    const { value } = choice;
    attempt(() => (value === choices[0] ? localStorage.removeItem(key) : localStorage.setItem(key, value)));
  });
  return choice;
}

/** Pages that may not store anything throw at the very name. */
function attempt<Value>(use: () => Value): Value | null {
  try {
    return use();
  } catch {
    return null;
  }
}
