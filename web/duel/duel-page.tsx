/** The duel that is under way, or else the menu from which one begins. */
export function DuelPage() {
  return <p>…</p>;
}
