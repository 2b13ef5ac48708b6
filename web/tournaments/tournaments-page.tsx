/** All tournaments, newest first, and the announcement of one's own. */
export function TournamentsPage() {
  return <p>…</p>;
}
