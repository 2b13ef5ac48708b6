import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  /** What is wrong with it; none: nothing. */
  readonly problem?: string | undefined;
  /** What goes in. */
  readonly hint?: string;
  onInput(value: string): void;
  /** Shown as dots. */
  readonly isSecret?: boolean;
  readonly inputMode?: 'email' | 'url';
  readonly autocomplete?: string;
  readonly autocapitalize?: 'none';
  readonly spellcheck?: boolean;
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly autofocus?: boolean;
}

/** A line of a form, with its name, what goes in, and what is wrong with it. */
export function Field({ label, problem, hint, value, isSecret = false, onInput, ...others }: FieldProps) {
  const id = useId();
  const about = problem ?? hint;
  const attributes = {
    ...others,
    id,
    value,
    'aria-invalid': problem !== undefined,
    'aria-describedby': about ? `${id}-about` : undefined,
    onInput: (event: { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
  };
  return (
    <div class={problem ? 'field has-problem' : 'field'}>
      <label for={id}>{label}</label>
      {isSecret ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
      {about && (
        <p id={`${id}-about`} class="field-about">
          {about}
        </p>
      )}
    </div>
  );
}
