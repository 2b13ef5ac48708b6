import type { ComponentChildren } from 'preact';

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly disabled?: boolean;
  /** What is to be known of it. */
  readonly children?: ComponentChildren;
  onChange(isOn: boolean): void;
}

/** Something that is so or not. */
export function Switch({ label, isOn, disabled = false, children, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {children !== undefined && <small>{children}</small>}
      </span>
    </label>
  );
}
