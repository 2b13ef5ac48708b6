import type { ComponentChildren } from 'preact';
import { dictionary, useWords } from './dictionary.ts';
import { Icon, type IconName } from './icon.tsx';
import { useProblem } from './problems.ts';

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** What one could do now. */
  readonly children?: ComponentChildren;
}

/** Stands where there is nothing to show yet. */
export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <Icon name={icon} />
      <p class="empty-state-title">{title}</p>
      {children}
    </div>
  );
}

/** Stands where something could not be loaded. */
export function LoadFailed({ error, onRetry }: { readonly error: unknown; onRetry(): void }) {
  const words = useWords(WORDS);
  const problem = useProblem();
  return (
    <EmptyState icon="warning" title={problem(error)}>
      <button type="button" class="button" onClick={onRetry}>
        {words.retry}
      </button>
    </EmptyState>
  );
}

/** Rows that are still to come: nothing jumps when they are there. */
export function LoadingRows({ count = 4 }: { readonly count?: number }) {
  const words = useWords(WORDS);
  return (
    <div class="loading-rows" role="status" aria-label={words.loading}>
      {Array.from({ length: count }, (_, index) => (
        <span key={index} class="loading-row" />
      ))}
    </div>
  );
}

const WORDS = dictionary({
  en: { retry: 'Try again', loading: 'Loading' },
  fr: { retry: 'Réessayer', loading: 'Chargement' },
});
