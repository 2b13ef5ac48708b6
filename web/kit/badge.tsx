const MOST = 99;

/** How many of something wait. */
export const Badge = ({ count, label }: { readonly count: number; readonly label: string }) => (
  <span class="badge">
    <span aria-hidden="true">{count > MOST ? `${MOST}+` : count}</span>
    <span class="only-heard">{label}</span>
  </span>
);
