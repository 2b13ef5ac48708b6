import { useState } from 'preact/hooks';
import type { Profile } from '../../client/index.ts';
import { OnlineDot } from './online-dot.tsx';

interface AvatarProps {
  readonly of: Pick<Profile, 'username' | 'nickname' | 'avatar'>;
  readonly size?: 'small' | 'medium' | 'large';
  /** With a dot that says whether they are online, kept up to date. Not for oneself. */
  readonly withPresence?: boolean;
}

/** A picture of somebody, or their first letter on a colour that is theirs. The name stands beside it, so it says nothing itself. */
export function Avatar({ of, size = 'medium', withPresence = false }: AvatarProps) {
  const [broken, setBroken] = useState('');
  const hasPicture = of.avatar !== '' && of.avatar !== broken;
  return (
    <span class={`avatar avatar-${size}`} data-hue={hueOf(of.username)}>
      {hasPicture ? (
        <img
          src={of.avatar}
          alt=""
          loading="lazy"
          referrerpolicy="no-referrer"
          onError={() => setBroken(of.avatar)}
        />
      ) : (
        <span aria-hidden="true">{firstLetter(of.nickname)}</span>
      )}
      {withPresence && <OnlineDot username={of.username} />}
    </span>
  );
}

const HUES = 8;

function hueOf(username: string): number {
  let sum = 0;
  for (const letter of username.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % HUES;
}

/** As people see letters: a flag or a family is one. */
const LETTERS = new Intl.Segmenter();

const firstLetter = (name: string): string => {
  const [first] = LETTERS.segment(name);
  return (first?.segment ?? '?').toLocaleUpperCase();
};
