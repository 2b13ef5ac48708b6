import { createHash } from 'node:crypto';
import { FIGURES, type FigureName, type Glance, inWords } from './glance.ts';

export interface GlancePage {
  readonly name: string;
  readonly version: string;
  readonly status: string;
  /** By part. */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly glance: Glance;
  readonly processes: readonly { readonly name: string; readonly url: string }[];
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 0 auto; padding: 1rem; color: light-dark(#1a1a1a, #eee); background: light-dark(#fff, #16181c); }
h1, h2 { font-size: 1.25rem; margin: 1.5rem 0 .5rem; }
.groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 0 2rem; }
dl { display: grid; grid-template-columns: 1fr auto; gap: .25rem 1rem; margin: 0; }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.status { padding: .5rem 1rem; border-left: .4rem solid light-dark(#a30000, #ff8a80); }
.ready { border-color: light-dark(#00662b, #7ee2a8); }
a { color: light-dark(#0b57d0, #a8c7fa); }
`;

/** Without it the page is as it was when it was loaded. */
const SCRIPT = `
setInterval(async () => {
  const said = document.querySelector('#said');
  try {
    const text = await (await fetch('/')).text();
    const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
    document.querySelector('main').replaceWith(next);
    said.textContent = '';
  } catch {
    said.textContent = 'The process does not answer; this is what it said last.';
  }
}, 5000);
`;

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but what is here: its own style and script, and the page itself again. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${sha256(STYLE)}`,
  `script-src ${sha256(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** How a process is, for those without Prometheus: what it has of `FIGURES`, and why it is not ready. */
export function renderPage({ name, version, status, reasons = {}, glance, processes }: GlancePage): string {
  const why = Object.entries(reasons).map(
    ([part, reason]) => `<li>${escapeHtml(part)}: ${escapeHtml(reason)}</li>`,
  );
  const others = processes.map(
    (process) => `<li><a href="${escapeHtml(process.url)}/">${escapeHtml(process.name)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)} · Rally</title>
<style>${STYLE}</style>
</head>
<body>
<p id="said" role="status"></p>
<main>
<h1>${escapeHtml(name)}, Rally ${escapeHtml(version)}</h1>
<div class="status ${status === 'ready' ? 'ready' : ''}">${escapeHtml(status)}${list(why)}</div>
<div class="groups">${groups(glance)}</div>
${others.length > 0 ? `<h2>Processes</h2>${list(others)}` : ''}
<p>Rates and times are those of the last minute. <a href="/metrics">All metrics</a></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const list = (items: readonly string[]): string => (items.length > 0 ? `<ul>${items.join('')}</ul>` : '');

/** What the process does not have is left out. */
function groups(glance: Glance): string {
  const byQuestion = new Map<string, string[]>();
  for (const [name, { question, words, unit }] of Object.entries(FIGURES)) {
    const value = glance[name as FigureName];
    if (value === null) continue;
    const rows = byQuestion.get(question) ?? [];
    byQuestion.set(question, rows);
    rows.push(`<dt>${words}</dt><dd>${inWords(value, unit)}</dd>`);
  }
  return [...byQuestion]
    .map(([question, rows]) => `<section><h2>${question}</h2><dl>${rows.join('')}</dl></section>`)
    .join('');
}

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
