import { z } from 'zod';
import { CLOSE_CODES } from '../../../protocol/close-codes.ts';
import { ERROR_ADVICE } from '../../../protocol/error-advice.ts';
import { ERRORS } from '../../../protocol/error-codes.ts';
import { refusalsOf } from '../../../protocol/http-route.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { errorCode } from '../../../protocol/scalars.ts';
import type { Json } from './json-schemas.ts';
import { escaped, fieldsView, prose, shownSchema, typeView } from './schema-view.ts';
import { STYLE } from './style.ts';

const content = z.object({ 'application/json': z.object({ schema: shownSchema }) }).optional();

const openApi = z.object({
  components: z.object({ schemas: z.record(z.string(), shownSchema) }),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        summary: z.string(),
        description: z.string().optional(),
        parameters: z.array(
          z.object({
            name: z.string(),
            in: z.string(),
            description: z.string().optional(),
            schema: shownSchema,
          }),
        ),
        requestBody: z.object({ content }).optional(),
        responses: z.record(z.string(), z.object({ content })),
      }),
    ),
  ),
});

const asyncApi = z.object({
  components: z.object({
    schemas: z.record(z.string(), shownSchema),
    messages: z.record(
      z.string(),
      z.object({
        name: z.string(),
        summary: z.string().optional(),
        payload: shownSchema,
        'x-refusals': z.array(z.string()).optional(),
      }),
    ),
  }),
});

type Operation = z.infer<typeof openApi>['paths'][string][string];
type Message = z.infer<typeof asyncApi>['components']['messages'][string];

/** Both documents, and what no schema says, on one page for people. Plain HTML: nothing runs in it and nothing is loaded. */
export function documentsPage(httpDocument: Json, webSocketDocument: Json): string {
  const { paths, components } = openApi.parse(httpDocument);
  const { messages, schemas } = asyncApi.parse(webSocketDocument).components;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} /api${path}`,
      id: operation.operationId,
      html: operationView(operation),
    })),
  );
  const frames = Object.entries(messages).map(([id, message]) => ({
    title: message.name + (id === 'game_invite_refused' ? ' (refused)' : ''),
    id: `frame-${id}`,
    html: messageView(message),
  }));
  const fromClient = frames.filter(({ id }) => id.startsWith('frame-client_'));
  const sections: readonly Section[] = [
    { title: 'Connecting again', id: 'reconnect', html: RECONNECT },
    { title: 'HTTP', id: 'http', parts: operations },
    { title: 'Frames that a client sends', id: 'client-frames', parts: fromClient },
    {
      title: 'Frames that a client is sent',
      id: 'server-frames',
      parts: frames.filter((frame) => !fromClient.includes(frame)),
    },
    { title: 'Close codes', id: 'close-codes', html: CLOSES },
    { title: 'Error codes', id: 'error-codes', html: ERRORS_VIEW },
    {
      title: 'Shapes',
      id: 'shapes',
      parts: Object.entries({ ...schemas, ...components.schemas }).map(([name, schema]) => ({
        title: name,
        id: `schema-${name}`,
        html: `${paragraph(schema.description)}${fieldsView(schema) || `<p>${typeView(schema)}</p>`}`,
      })),
    },
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rally: the protocol</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Rally: the protocol</h1>
<p>For whoever writes a client. The same for programs: <a href="/api/openapi.json">OpenAPI</a> of what is asked over HTTP, <a href="/api/asyncapi.json">AsyncAPI</a> of what is sent over the WebSocket. <code>docs/clients.md</code> in Rally’s source folder has a client of forty lines.</p>
<nav aria-label="Contents"><ul>${sections.map(contentsOf).join('')}</ul></nav>
${sections.map(sectionView).join('\n')}
</main>
</body>
</html>
`;
}

interface Part {
  readonly title: string;
  readonly id: string;
  readonly html?: string;
}

interface Section extends Part {
  readonly parts?: readonly Part[];
}

const contentsOf = ({ title, id, parts = [] }: Section): string =>
  `<li><a href="#${id}">${escaped(title)}</a>${parts.length > 0 ? `<ul>${parts.map(contentsOf).join('')}</ul>` : ''}</li>`;

const sectionView = ({ title, id, html = '', parts = [] }: Section): string =>
  `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(title)}</h2>${html}${parts
    .map((part) => `<h3 id="${part.id}"><code>${escaped(part.title)}</code></h3>${part.html ?? ''}`)
    .join('\n')}</section>`;

const paragraph = (text: string | undefined): string => (text === undefined ? '' : `<p>${prose(text)}</p>`);

const codesView = (codes: readonly string[]): string =>
  codes.map((code) => `<a href="#code-${code}"><code>${code}</code></a>`).join(' ');

function operationView({
  operationId,
  summary,
  description,
  parameters,
  requestBody,
  responses,
}: Operation): string {
  const route = Object.entries(HTTP_ROUTES).find(([name]) => name === operationId)?.[1];
  const asked = parameters.map(
    ({ name, in: place, description: about, schema }) =>
      `<li><code>${escaped(name)}</code> <span class="type">${place}, ${typeView(schema)}</span> ${about === undefined ? '' : prose(about)}</li>`,
  );
  const body = requestBody?.content?.['application/json'].schema;
  const answers = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, answer]) => {
      const shape = answer.content?.['application/json'].schema;
      return `<h4>${status}</h4>${shape ? fieldsView(shape) || `<p>${typeView(shape)}</p>` : '<p>No body.</p>'}`;
    });
  return [
    `<p>${prose(summary)}.${description === undefined ? '' : ` ${prose(description)}`}</p>`,
    asked.length > 0 ? `<ul>${asked.join('')}</ul>` : '',
    body ? `<h4>Body</h4>${fieldsView(body)}` : '',
    ...answers,
    `<h4>Refused with</h4><p>${codesView(route ? refusalsOf(route) : [])}</p>`,
  ].join('');
}

function messageView({ summary, payload, 'x-refusals': refusals }: Message): string {
  const data = payload.properties?.data;
  const beside = Object.keys(payload.properties ?? {}).filter((name) => !['action', 'data'].includes(name));
  return [
    paragraph(summary),
    data ? fieldsView(data) : '',
    beside.length > 0
      ? `<p class="about">Beside <code>data</code>: ${beside.map((name) => `<code>${name}</code>`).join(' ')}</p>`
      : '',
    refusals ? `<h4>Refused with</h4><p>${codesView(refusals)}</p>` : '',
  ].join('');
}

const REACTIONS = {
  resume: 'Connect again after a random moment, longer each time, with the newest cursor.',
  resume_later: 'As with 3001, but not within the next ten seconds: the client has asked for too much.',
  resume_when_seen: 'Connect again when somebody looks at the tab, once a minute at most.',
  refresh: 'Renew the session, or sign in; then connect again with the newest cursor.',
  stop: 'Do not connect again by itself: the next try would end in the same way.',
};

const CLOSES = `<dl>${Object.entries(CLOSE_CODES)
  .map(
    ([name, { code, reason, client }]) =>
      `<dt id="close-${code}"><code>${code}</code> ${name}: ${escaped(reason)}</dt><dd>${REACTIONS[client]}</dd>`,
  )
  .join(
    '',
  )}<dt>any other, such as <code>1006</code></dt><dd>Connect again as with 3001. After three tries without a <code>welcome</code> ask <code>GET /api/self</code>: 401 means that the session has ended.</dd></dl>`;

const ERRORS_VIEW = `<p>The same in HTTP bodies, with the status that is named here, and in <code>error</code> frames.</p><dl>${errorCode.options
  .map(
    (code) =>
      `<dt id="code-${code}"><code>${code}</code> ${ERRORS[code].status} ${escaped(ERRORS[code].message)}</dt><dd>${prose(ERROR_ADVICE[code])}</dd>`,
  )
  .join('')}</dl>`;

const RECONNECT = `<ol>
<li>Keep the newest <code>cursor</code>: of each event frame, and that in the data of <code>welcome</code>. Nothing else moves it.</li>
<li>Connect with <code>?cursor=</code> and that. What was missed comes first, in order and once, then <code>welcome</code>. If it says <code>recovered: false</code>, load every page anew.</li>
<li>A connection counts as made once <code>welcome</code> has come. Wait between tries for a random moment up to a bound that doubles from 0.5 s to 20 s, and begin anew only after a <code>welcome</code> that held for five seconds.</li>
<li>Nothing heard for twice <code>ping_interval_s</code>: close the socket and connect again.</li>
<li>Send again what was not answered: messages, with the same <code>id</code>. Nothing of a duel: load <code>GET /api/self</code> instead.</li>
</ol>`;
