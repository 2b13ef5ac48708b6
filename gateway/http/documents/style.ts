/** The one style of the page at `/api/docs`, for screens from 320 pixels on, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #4f5a69; --paper: #fbfaf7; --card: #f1eee7; --line: #ddd8cc; --mark: #a63a0c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #adb3bd; --paper: #16181d; --card: #20242c; --line: #363b45; --mark: #ff9a62; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
h2 { margin: 3rem 0 0.5rem; padding-top: 0.75rem; border-top: 0.2rem solid var(--mark); }
h3 { margin: 2rem 0 0.25rem; font-size: 1.0625rem; }
h4 { margin: 1rem 0 0.25rem; font-size: 0.9375rem; color: var(--soft); }
p { margin: 0.5rem 0; }
a { color: var(--mark); }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
code { font: 0.9em/1.4 ui-monospace, monospace; }
nav { padding: 0.5rem 1rem; border-radius: 0.5rem; background: var(--card); }
nav > ul { columns: 16rem; }
ul, ol { margin: 0.25rem 0; padding-left: 1.25rem; }
li { margin: 0.2rem 0; break-inside: avoid; }
.type, .about { color: var(--soft); }
dl { margin: 0.5rem 0; }
dt { padding-top: 0.5rem; border-top: 1px solid var(--line); }
dd { margin: 0 0 0.5rem; color: var(--soft); }
`;
