import { type FieldProblem, RallyError, type RallyErrorCode } from '../../client/index.ts';
import { dictionary, useWords } from './dictionary.ts';

type Code = RallyErrorCode | 'expired' | 'quarantined';

/** Says to people why something did not come about, and what they can do. */
export function useProblem(): (error: unknown) => string {
  const words = useWords(WORDS);
  return (error) => words[error instanceof RallyError ? error.code : 'internal'] ?? words.internal;
}

/** The same for a bare code, as an unsent message has one. */
export function useProblemOf(): (code: Code | undefined) => string {
  const words = useWords(WORDS);
  return (code) => words[code ?? 'internal'] ?? words.internal;
}

/** What the server says of one field of a form; undefined: nothing. */
export const problemOfField = (error: unknown, field: string): FieldProblem | undefined =>
  error instanceof RallyError ? error.details.fields?.find(({ loc }) => loc.includes(field)) : undefined;

type Texts = Readonly<Partial<Record<Code, string>> & { internal: string }>;

const WORDS = dictionary<Texts>({
  en: {
    invalid_credentials: 'The username or password is wrong.',
    unauthenticated: 'You are signed out. Sign in again.',
    signed_out: 'You are signed out. Sign in again.',
    forbidden: 'You may not do this.',
    user_not_found: 'There is nobody of this name.',
    self_chat: 'This is you.',
    self_friend: 'This is you.',
    self_block: 'This is you.',
    self_invite: 'You cannot play against yourself.',
    already_friend: 'You have added them already.',
    already_blocked: 'You have blocked them already.',
    chat_not_found: 'This chat is not there.',
    message_not_found: 'This message is not there.',
    tournament_not_found: 'This tournament is not there.',
    tournament_open: 'You have an open tournament. Close it first.',
    in_game: 'You are in a game.',
    invitation_pending: 'You have invited somebody already.',
    invitation_not_found: 'This invitation has ended.',
    invitation_expired: 'This invitation has expired.',
    not_invitable: 'They cannot be invited.',
    game_not_found: 'This game is over.',
    blocked: 'One of you has blocked the other.',
    content_empty: 'Write something first.',
    content_too_long: 'A message has at most 256 characters.',
    content_invalid: 'It contains characters that cannot be sent.',
    rate_limited: 'That was a little much. Wait a minute and try again.',
    invalid_fields: 'Look at what is marked.',
    unreachable: 'The server cannot be reached. Try again.',
    not_connected: 'There is no connection just now. Try again when it is back.',
    unconfirmed: 'The connection ended before an answer came. Look whether it happened.',
    unavailable: 'The server is busy. Try again in a moment.',
    not_visible_yet: 'The server is busy. Try again in a moment.',
    expired: 'It waited for more than a day.',
    quarantined: 'The server could not read it.',
    internal: 'Something went wrong. Try again.',
  },
  fr: {
    invalid_credentials: 'Le nom ou le mot de passe est faux.',
    unauthenticated: 'Vous êtes déconnecté. Connectez-vous à nouveau.',
    signed_out: 'Vous êtes déconnecté. Connectez-vous à nouveau.',
    forbidden: 'Vous ne pouvez pas faire cela.',
    user_not_found: 'Personne ne porte ce nom.',
    self_chat: 'C’est vous.',
    self_friend: 'C’est vous.',
    self_block: 'C’est vous.',
    self_invite: 'Vous ne pouvez pas jouer contre vous-même.',
    already_friend: 'C’est déjà votre ami.',
    already_blocked: 'Cette personne est déjà bloquée.',
    chat_not_found: 'Cette discussion n’existe pas.',
    message_not_found: 'Ce message n’existe pas.',
    tournament_not_found: 'Ce tournoi n’existe pas.',
    tournament_open: 'Vous avez un tournoi ouvert. Fermez-le d’abord.',
    in_game: 'Vous êtes dans une partie.',
    invitation_pending: 'Vous avez déjà invité quelqu’un.',
    invitation_not_found: 'Cette invitation est terminée.',
    invitation_expired: 'Cette invitation a expiré.',
    not_invitable: 'Cette personne ne peut pas être invitée.',
    game_not_found: 'Cette partie est terminée.',
    blocked: 'L’un de vous a bloqué l’autre.',
    content_empty: 'Écrivez d’abord quelque chose.',
    content_too_long: 'Un message a 256 caractères au plus.',
    content_invalid: 'Il contient des caractères qui ne peuvent pas être envoyés.',
    rate_limited: 'C’était un peu trop. Attendez une minute et réessayez.',
    invalid_fields: 'Voyez ce qui est marqué.',
    unreachable: 'Le serveur ne répond pas. Réessayez.',
    not_connected: 'Il n’y a pas de connexion. Réessayez quand elle sera revenue.',
    unconfirmed: 'La connexion s’est coupée avant la réponse. Vérifiez si c’est fait.',
    unavailable: 'Le serveur est occupé. Réessayez dans un instant.',
    not_visible_yet: 'Le serveur est occupé. Réessayez dans un instant.',
    expired: 'Il a attendu plus d’un jour.',
    quarantined: 'Le serveur n’a pas pu le lire.',
    internal: 'Quelque chose s’est mal passé. Réessayez.',
  },
});
