import { useEffect, useRef } from 'preact/hooks';

/** How far below what is seen the next page is asked for. */
const AHEAD = '400px';

/** Stands at the end of a list that goes on: calls back whenever it comes near to what is seen. */
export function EndOfList({ onNear }: { onNear(): void }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onNear();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  });
  return <div ref={mark} class="end-of-list" />;
}
