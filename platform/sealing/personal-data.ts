import type { DomainEvent } from '../../domain/domain-event.ts';
import { usernameKey } from '../../domain/username.ts';

/** An event's data, whatever its type. */
export type Data = Readonly<Record<string, unknown>>;

/** What an event says of one person besides the name: what is left to be read when that person is erased, by field. */
interface PersonalData {
  /** Whose it is: the field with the name. */
  readonly of: string;
  readonly blank: (name: string) => Readonly<Record<string, string>>;
}

type PersonalType = 'ProfileUpdated' | 'MessageSent' | 'TournamentCreated';

/**
 * The one list of what is personal in the log. Whoever adds an event with words of a person adds it here, before the first one is
 * written. `UserRegistered` says nothing but the name: a nickname begins as it, and the avatar is empty.
 */
const PERSONAL: { readonly [Type in PersonalType]: PersonalData } = {
  ProfileUpdated: { of: 'username', blank: (nickname) => ({ nickname, avatar: '' }) },
  MessageSent: { of: 'sender', blank: () => ({ content: '', timestamp: '' }) },
  TournamentCreated: { of: 'creator', blank: (alias) => ({ name: '', alias }) },
};

const FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(PERSONAL).map(([type, { blank }]) => [type, new Set(Object.keys(blank('')))]),
);

const isPersonal = (type: string): type is PersonalType => Object.hasOwn(PERSONAL, type);

const textIn = (data: object, field: string): string => {
  const value: unknown = Reflect.get(data, field);
  return typeof value === 'string' ? value : '';
};

/** Whose words are in it, as a key; null: nobody's. */
export const ownerOf = ({ type, data }: DomainEvent): string | null =>
  isPersonal(type) ? usernameKey(textIn(data, PERSONAL[type].of)) : null;

/** The fields of one person, apart from the others. Of an event that has an owner. */
export function partsOf(type: string, data: object): { readonly rest: Data; readonly personal: Data } {
  const rest: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  const fields = FIELDS.get(type);
  // Objects from which fields are deleted are slow to read ever after.
  for (const [field, value] of Object.entries(data)) (fields?.has(field) ? personal : rest)[field] = value;
  return { rest, personal };
}

/** What stands in place of the fields whose key is destroyed. */
export const blankOf = (type: string, data: Data): Data =>
  isPersonal(type) ? PERSONAL[type].blank(textIn(data, PERSONAL[type].of)) : {};

/** From version 1, in which personal fields stand among the others, to version 2, in which they are apart: in one text that is sealed, or plain as they were. */
const setApart =
  (type: PersonalType) =>
  (data: Data): Data => {
    const { rest, personal } = partsOf(type, data);
    return { ...rest, personal };
  };

/** What was sealed in events of version 2 begins so, once it is read. */
export const GCM = 'aes-256-gcm:';

/** From version 2 to version 3, of another cipher. */
const nameCipher = (data: Data): Data =>
  typeof data.personal === 'string' && data.personal !== ''
    ? { ...data, personal: `${GCM}${data.personal}` }
    : data;

export const SEALED_VERSIONS = {
  ProfileUpdated: [setApart('ProfileUpdated'), nameCipher],
  MessageSent: [setApart('MessageSent'), nameCipher],
  TournamentCreated: [setApart('TournamentCreated'), nameCipher],
} as const;
