import type { Invitation, Profile } from '../../client/index.ts';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { Person } from '../kit/person.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';
import { UserSearch } from '../people/user-search.tsx';
import { GameOptions } from './game-options-form.tsx';
import { InvitationAnswer } from './invitation-answer.tsx';

/** Finds somebody to play with, and shows who wants to play. */
export function DuelMenu({ onInvite }: { onInvite(opponent: Profile): void }) {
  const words = useWords(WORDS);
  return (
    <>
      <header class="duel-intro">
        <h1>{words.title}</h1>
        <p>{words.intro}</p>
      </header>
      <Invitations />
      <section class="card">
        <h2>{words.invite}</h2>
        <UserSearch label={words.whom} onSelect={onInvite} />
        <p class="quiet">{words.how}</p>
      </section>
    </>
  );
}

/** Those that wait for an answer; nothing when there are none. */
export function Invitations() {
  const words = useWords(WORDS);
  const invitations = useReadable(useRally().stores.duel.invitations);
  const section = useKeptFocus<HTMLElement>();
  return (
    <section ref={section} tabIndex={-1} aria-label={words.invitations} class="duel-invitations">
      {invitations.map((invitation) => (
        <InvitationCard key={invitation.id} invitation={invitation} />
      ))}
    </section>
  );
}

function InvitationCard({ invitation }: { readonly invitation: Invitation }) {
  const words = useWords(WORDS);
  const dates = useDates();
  const { inviter, settings, date } = invitation;
  return (
    <article class="card duel-invitation">
      <Person profile={inviter} withPresence>
        {words.wants} · <time dateTime={date}>{dates.short(new Date(date), new Date())}</time>
      </Person>
      <GameOptions settings={settings} />
      <InvitationAnswer inviter={inviter.username} />
    </article>
  );
}

const WORDS = dictionary({
  en: {
    title: 'Duel',
    intro: 'A game between two. You invite somebody, and when they accept, it starts for both of you.',
    invitations: 'Invitations to you',
    wants: 'wants to play with you',
    invite: 'Invite somebody',
    whom: 'With whom do you want to play?',
    how: 'Choose somebody, then how you want to play.',
  },
  fr: {
    title: 'Duel',
    intro: 'Une partie à deux. Vous invitez quelqu’un ; dès que l’on accepte, elle commence pour vous deux.',
    invitations: 'Invitations pour vous',
    wants: 'veut jouer avec vous',
    invite: 'Inviter quelqu’un',
    whom: 'Avec qui voulez-vous jouer ?',
    how: 'Choisissez quelqu’un, puis les règles de la partie.',
  },
});
