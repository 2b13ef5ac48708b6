import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Problem } from '../kit/problem.tsx';
import { useSurroundings } from '../kit/surroundings.ts';

interface InvitationAnswerProps {
  /** Username. */
  readonly inviter: string;
  onAnswered?(): void;
}

/** Accepts or declines an invitation. Accepting leads to the duel. */
export function InvitationAnswer({ inviter, onAnswered }: InvitationAnswerProps) {
  const words = useWords(WORDS);
  const { rally, navigation } = useSurroundings();
  const answer = useAction(async (accept: boolean) => {
    await rally.stores.duel.reply(inviter, accept);
    onAnswered?.();
    if (accept) navigation.go({ page: 'duel' });
  });
  const button = (accept: boolean, label: string, look: string) => (
    <button
      type="button"
      class={`button ${look}`}
      aria-disabled={answer.isRunning}
      onClick={() => answer.run(accept)}
    >
      {label}
    </button>
  );
  return (
    <div class="invitation-answer">
      {button(true, words.accept, 'is-primary')}
      {button(false, words.decline, '')}
      <Problem error={answer.error} />
    </div>
  );
}

const WORDS = dictionary({
  en: { accept: 'Accept', decline: 'Decline' },
  fr: { accept: 'Accepter', decline: 'Refuser' },
});
