/** Somebody, and what one can do with them. */
export function ProfilePage(_: { readonly username: string }) {
  return <p>…</p>;
}
