import type { FastifyInstance } from 'fastify';
import { staticPageHeaders } from '../static-page.ts';

/** `GET /` without the web client: tells a person who opens the address in a browser what runs here. */
export function frontPageRoute(app: FastifyInstance): void {
  app.get('/', async (_request, reply) => {
    reply.type('text/html; charset=utf-8').headers(HEADERS);
    return PAGE;
  });
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #556070; --paper: #fbfaf7; --card: #f1eee7; --mark: #b3400f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #a7adb8; --paper: #16181d; --card: #20242c; --mark: #ff9a62; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; }
main { max-width: 38rem; margin: 0 auto; padding: clamp(2rem, 10vh, 6rem) 1.25rem 3rem; }
h1 { margin: 0; font-size: 2.5rem; line-height: 1.2; letter-spacing: -0.02em; }
h1::after { content: ""; display: block; width: 2.5rem; height: 0.25rem; margin-top: 0.75rem; background: var(--mark); }
h2 { margin: 2.25rem 0 0.5rem; font-size: 1.125rem; }
dl { margin: 1.5rem 0 0; padding: 0.25rem 1.25rem; border-radius: 0.5rem; background: var(--card); }
dt { margin-top: 1rem; font-weight: 600; }
dd { margin: 0 0 1rem; color: var(--soft); }
ul { margin: 0; padding-left: 1.25rem; }
li { margin: 0.25rem 0; }
a { color: var(--mark); }
code { font: 0.9375em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rally</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Rally</h1>
<p>The realtime backend of a game community is running here. It serves no web page of its own: other programs talk to it.</p>
<dl>
<dt><code>/api</code></dt>
<dd>Accounts, chats, friends, notifications and tournaments over HTTP, in JSON. It begins with <code>POST /api/signup</code>. <a href="/api/docs">The whole protocol</a>, for whoever writes a client.</dd>
<dt><code>/ws/events</code></dt>
<dd>What happens, as it happens: a WebSocket for each open tab.</dd>
</dl>
<h2>Where to go on, in Rally’s source folder</h2>
<ul>
<li><code>README.md</code> has a first tour, and <code>make demo</code> lets two people talk</li>
<li><code>docs/clients.md</code> is for whoever writes a client</li>
<li><code>docs/architecture.md</code> follows a message through the code</li>
<li><code>docs/operations/deploy.md</code> is for whoever runs Rally for others</li>
</ul>
</main>
</body>
</html>
`;

const HEADERS = staticPageHeaders(STYLE);
