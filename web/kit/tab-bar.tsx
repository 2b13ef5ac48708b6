import { useRef } from 'preact/hooks';

interface TabBarProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly Name[];
  nameOf(tab: Name): string;
  readonly chosen: Name;
  /** Id of the element with `role="tabpanel"` that shows what the chosen one is for. */
  readonly panel: string;
  onChoose(tab: Name): void;
}

/** Chooses what a panel beneath it shows: one stop of the keyboard, within which arrows choose. */
export function TabBar<Name extends string>({
  label,
  tabs,
  nameOf,
  chosen,
  panel,
  onChoose,
}: TabBarProps<Name>) {
  const bar = useRef<HTMLDivElement>(null);
  const choose = (index: number) => {
    const at = (index + tabs.length) % tabs.length;
    const tab = tabs[at];
    if (tab === undefined) return;
    onChoose(tab);
    const button = bar.current?.children[at];
    if (button instanceof HTMLElement) button.focus();
  };
  const move = (event: KeyboardEvent) => {
    const forward = bar.current?.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    const here = tabs.indexOf(chosen);
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      choose(here + (event.key === forward ? 1 : -1));
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(tabs.length - 1);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={bar} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          class="tab"
          aria-selected={tab === chosen}
          aria-controls={panel}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {nameOf(tab)}
        </button>
      ))}
    </div>
  );
}
