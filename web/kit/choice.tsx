import { useId } from 'preact/hooks';

interface ChoiceProps<Name extends string | number> {
  readonly label: string;
  readonly choices: readonly Name[];
  nameOf(choice: Name): string;
  /** null: none yet. */
  readonly chosen: Name | null;
  onChoose(choice: Name): void;
}

/** One of a few, all of which are seen. */
export function Choice<Name extends string | number>(props: ChoiceProps<Name>) {
  const { label, choices, nameOf, chosen, onChoose } = props;
  const group = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label key={choice} class="choice-one">
          <input type="radio" name={group} checked={choice === chosen} onChange={() => onChoose(choice)} />
          <span>{nameOf(choice)}</span>
        </label>
      ))}
    </fieldset>
  );
}
