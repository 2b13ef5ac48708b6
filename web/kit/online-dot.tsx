import { dictionary, useWords } from './dictionary.ts';
import { useReadable } from './readable.ts';
import { useRally } from './surroundings.ts';

/** Whether somebody is online, as it changes. Nothing is shown while it is not known. */
export function OnlineDot({ username }: { readonly username: string }) {
  const words = useWords(WORDS);
  const isOnline = useReadable(useRally().stores.presence(username));
  if (isOnline === null) return null;
  return (
    <span
      class={isOnline ? 'online-dot is-online' : 'online-dot'}
      role="img"
      aria-label={isOnline ? words.online : words.offline}
    />
  );
}

const WORDS = dictionary({
  en: { online: 'online', offline: 'offline' },
  fr: { online: 'en ligne', offline: 'hors ligne' },
});
