import type { ComponentChildren } from 'preact';
import type { Profile } from '../../client/index.ts';
import { Avatar } from './avatar.tsx';

interface PersonProps {
  readonly profile: Profile;
  readonly withPresence?: boolean;
  /** Beneath the name; none: the username, where it says more than the nickname. */
  readonly children?: ComponentChildren;
}

/** Somebody as they stand in lists. Names are isolated, so that one written from right to left moves nothing beside it. */
export function Person({ profile, withPresence = false, children }: PersonProps) {
  const { username, nickname } = profile;
  return (
    <span class="person">
      <Avatar of={profile} withPresence={withPresence} />
      <span class="person-text">
        <bdi class="person-name">{nickname}</bdi>
        <span class="person-more">{children ?? (nickname === username ? null : <bdi>@{username}</bdi>)}</span>
      </span>
    </span>
  );
}
