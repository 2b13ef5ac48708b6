import { type DomainEvent, STREAM_CATEGORIES } from '../../domain/domain-event.ts';
import { type Data, SEALED_VERSIONS } from '../sealing/personal-data.ts';
import type { RecordedEvent } from './event-store.ts';

/** From the version under which data stands in the log to the next one. Pure; never changed once a log has been read with it. */
type Upcaster = (data: Data) => Data;

/** Of a type: what leads from version 1 to 2, from 2 to 3, and so on. The newest version is one more than there are. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

const NO_STEPS: readonly Upcaster[] = [];

/** Types that are not named have one version. */
const UPCASTERS: Upcasters = SEALED_VERSIONS;

/** The version in which such an event is read, and stored from now on. */
export const newestVersionOf = (type: string, upcasters: Upcasters = UPCASTERS): number =>
  stepsOf(type, upcasters).length + 1;

const stepsOf = (type: string, upcasters: Upcasters): readonly Upcaster[] =>
  Object.hasOwn(upcasters, type) ? (upcasters[type] ?? NO_STEPS) : NO_STEPS;

/** Whether this version of Rally knows what such an event means, as `upcast` gives it. */
export const isKnown = ({ type }: Pick<DomainEvent, 'type'>): boolean =>
  Object.hasOwn(STREAM_CATEGORIES, type);

/**
 * The event in the newest version of its type, in whichever it was written: all that reads the log sees no other one.
 *
 * A version that is newer than any known here was written before this Rally took a later one's place. It gets a type of its own,
 * such as `MessageSent.v9`, which nobody knows: what it means cannot be guessed from the parts that look familiar, and it must neither
 * stop a projection nor change a decision in a way that its author did not mean. So it goes where an unknown type goes: aggregates ignore
 * it, projections pass it over and count it.
 */
export function upcast<E extends DomainEvent>(
  recorded: RecordedEvent<E>,
  upcasters: Upcasters = UPCASTERS,
): RecordedEvent<E> {
  const { event, metadata } = recorded;
  const steps = stepsOf(event.type, upcasters);
  const newest = steps.length + 1;
  if (metadata.schemaVersion === String(newest)) return recorded;
  const version = Number(metadata.schemaVersion);
  if (!(version >= 1 && version < newest))
    return withEvent(recorded, `${event.type}.v${version}`, event.data);
  return withEvent(
    recorded,
    event.type,
    steps.slice(version - 1).reduce<Data>((data, step) => step(data), { ...event.data }),
  );
}

/** What stands in a log of ours belongs together; here alone is that said without proof. */
export const eventOf = <E extends DomainEvent>(type: string, data: object): E => ({ type, data }) as E;

const withEvent = <E extends DomainEvent>(
  recorded: RecordedEvent<E>,
  type: string,
  data: object,
): RecordedEvent<E> => ({ ...recorded, event: eventOf<E>(type, data) });
