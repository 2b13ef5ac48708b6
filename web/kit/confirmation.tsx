import type { ComponentChildren } from 'preact';
import { useAction } from './action.ts';
import { Dialog } from './dialog.tsx';
import { dictionary, useWords } from './dictionary.ts';
import { Problem } from './problem.tsx';

interface ConfirmationProps {
  readonly title: string;
  /** What it would mean. */
  readonly children: ComponentChildren;
  /** What the button says that does it. */
  readonly action: string;
  onConfirm(): Promise<unknown>;
  onClose(): void;
}

/** Asks before something is done that is not easily undone, and closes when it is. */
export function Confirmation({ title, children, action, onConfirm, onClose }: ConfirmationProps) {
  const words = useWords(WORDS);
  const confirm = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Problem error={confirm.error} />
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          {words.back}
        </button>
        <button
          type="button"
          class="button is-danger"
          aria-busy={confirm.isRunning}
          onClick={() => confirm.run()}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}

const WORDS = dictionary({ en: { back: 'Back' }, fr: { back: 'Retour' } });
