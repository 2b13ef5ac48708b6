/** Requests as bytes, and what every backend has to make of them. The one that follows each of them asks for `/next`. */

const HOST = 'Host: a\r\n';
const get = (headers: string, target = '/x', version = 'HTTP/1.1'): string =>
  `GET ${target} ${version}\r\n${headers}\r\n`;
const post = (headers: string, body: string): string => `POST /x HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const chunked = (body: string, coding = 'chunked'): string => post(`Transfer-Encoding: ${coding}\r\n`, body);
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `x${index}: y\r\n`).join('');

/** Where somebody who reads the length in another way would find another request. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** Handed over with the url `/x`, unless one is named, and answered; then comes the next request. */
export const SERVED: readonly (readonly [name: string, bytes: string, body?: string])[] = [
  ['51 headers', get(HOST + lines(51))],
  ['500 headers', get(HOST + lines(500))],
  ['2,500 headers', get(HOST + 'x:y\r\n'.repeat(2500))],
  ['a header name of every character that HTTP allows', get(`${HOST}!#$%&'*+-.^_\`|~09azAZ: y\r\n`)],
  ['a header name with an underscore', get(`${HOST}x_forwarded_id: y\r\n`)],
  ['the header name __proto__', get(`${HOST}__proto__: y\r\n`)],
  ['the header name constructor', get(`${HOST}constructor: y\r\n`)],
  ['a header value in Latin-1', get(`${HOST}X-Name: \xe4\r\n`)],
  ['an empty header value', get(`${HOST}X-Name:\r\n`)],
  ['blanks around a header value', get(`${HOST}X-Name: \t y \t \r\n`)],
  ['an empty Host', get('Host:\r\n')],
  ['a Host with a port', get('Host: [::1]:8080\r\n')],
  ['an empty line before it', `\r\n${get(HOST)}`],
  ['absolute form', get('Host: other\r\n', 'http://a/x')],
  ['absolute form, https, in capitals', get('Host: other\r\n', 'HTTPS://A:1/x')],
  ['HTTP/1.0 with keep-alive', get(`${HOST}Connection: keep-alive\r\n`, '/x', 'HTTP/1.0')],
  [
    'Upgrade: h2c',
    get(`${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`),
  ],
  [
    'Upgrade: h2c with a body',
    post('Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n', '{}'),
    '{}',
  ],
  [
    'Upgrade: h2c with a chunked body',
    post('Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
    '{}',
  ],
  ['Upgrade: websocket without Connection', get(`${HOST}Upgrade: websocket\r\n`)],
  [
    'Upgrade: websocket by POST',
    post('Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n', '{}'),
    '{}',
  ],
  ['a body', post('Content-Length: 2\r\n', '{}'), '{}'],
  ['a length with zeros before it', post('Content-Length: 002\r\n', '{}'), '{}'],
  ['a length after a tab', post('Content-Length:\t2\r\n', '{}'), '{}'],
  ['a body that looks like a request', post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED), SMUGGLED],
  [
    'a GET with a body',
    `GET /x HTTP/1.1\r\n${HOST}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    SMUGGLED,
  ],
  ['a POST without a length', post('', '')],
  ['Expect: 100-continue', post('Expect: 100-continue\r\nContent-Length: 2\r\n', '{}'), '{}'],
  ['a chunked body', chunked('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), '{}'],
  ['a chunked body, in capitals', chunked('2\r\n{}\r\n0\r\n\r\n', 'Chunked'), '{}'],
  [
    'a chunk that looks like a request',
    chunked(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
    SMUGGLED,
  ],
  ['chunk extensions', chunked('2;a=b;c="d"\r\n{}\r\n0;last\r\n\r\n'), '{}'],
  ['trailers', chunked('2\r\n{}\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n'), '{}'],
];

/** Answered with the status at once; then the connection ends, and nothing of it or after it is handed over. */
export const REFUSED: readonly (readonly [status: number, name: string, bytes: string])[] = [
  [400, 'no Host', get('')],
  [400, 'two Hosts', get('Host: a\r\nHost: b\r\n')],
  [400, 'the same Host twice', get('Host: a\r\nHost: a\r\n')],
  [400, 'a Host that is no host', get('Host: a b/c\r\n')],
  [400, 'absolute form without a Host', get('', 'http://a/x')],
  [400, 'a length twice', post('Content-Length: 2\r\nContent-Length: 2\r\n', '{}')],
  [400, 'two lengths', post(`Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED)],
  [400, 'two lengths in one line', post('Content-Length: 2, 2\r\n', '{}')],
  [400, 'an empty length', post('Content-Length:\r\n', SMUGGLED)],
  [400, 'a negative length', post('Content-Length: -1\r\n', SMUGGLED)],
  [400, 'a length with a sign', post('Content-Length: +2\r\n', '{}')],
  [400, 'a hexadecimal length', post('Content-Length: 0x2\r\n', '{}')],
  [400, 'a length beyond all numbers', post('Content-Length: 99999999999999999999999\r\n', '{}')],
  [400, 'a blank before the colon of the length', post('Content-Length : 2\r\n', '{}')],
  [400, 'an empty header name', post(': x\r\nContent-Length: 2\r\n', '{}')],
  [400, 'a header without a colon', get(`${HOST}nothing\r\n`)],
  [400, 'a header name with a blank', get(`${HOST}a b: c\r\n`)],
  [400, 'a header name beyond ASCII', get(`${HOST}\xe4: c\r\n`)],
  [
    400,
    'a length and chunks',
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  ],
  [
    400,
    'chunks and a length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SMUGGLED}`),
  ],
  [
    400,
    'chunks in HTTP/1.0',
    `POST /x HTTP/1.0\r\n${HOST}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ...['identity', 'gzip', 'xchunked', 'chunked, gzip', 'chunked, chunked', '\x0bchunked', '"chunked"'].map(
    (coding) =>
      [
        400,
        `the transfer coding ${JSON.stringify(coding)}`,
        chunked(`0\r\n\r\n${SMUGGLED}`, coding),
      ] as const,
  ),
  [400, 'two transfer codings', chunked(`0\r\n\r\n${SMUGGLED}`, 'chunked\r\nTransfer-Encoding: identity')],
  [400, 'a negative chunk', chunked(`-1\r\n${SMUGGLED}`)],
  [400, 'a chunk beyond all numbers', chunked('FFFFFFFFFFFFFFFFF\r\n')],
  [400, 'a chunk size with 0x', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
  [400, 'a length among the trailers', chunked('2\r\n{}\r\n0\r\nContent-Length: 30\r\n\r\n')],
  [400, 'a chunk longer than its size', chunked('2\r\n{}}\r\n0\r\n\r\n')],
  [400, 'chunks ended by LF alone', chunked('2\n{}\n0\n\n')],
  [400, 'a chunk extension ended by LF alone', chunked(`2;\n{}\r\n0\r\n\r\n${SMUGGLED}`)],
  [400, 'lines ended by LF alone', 'GET /x HTTP/1.1\nHost: a\n\n'],
  [400, 'one line ended by LF alone', get('Host: a\nX-A: b\r\n')],
  [400, 'one line ended by CR alone', get('Host: a\rX-A: b\r\n')],
  [400, 'headers ended by LF alone', `GET /x HTTP/1.1\r\n${HOST}\n${SMUGGLED}`],
  [400, 'a header in two lines', get(`${HOST}X-A: b\r\n c\r\n`)],
  [400, 'a first header that begins with a blank', get(` X-A: b\r\n${HOST}`)],
  [400, 'a null byte in a value', get(`${HOST}X-A: b\0c\r\n`)],
  [400, 'a null byte in a name', get(`${HOST}X\0: b\r\n`)],
  [400, 'a null byte in the target', get(HOST, '/x\0')],
  [400, 'a control character in a value', get(`${HOST}X-A: \x01\r\n`)],
  [400, 'a byte beyond ASCII in the target', get(HOST, '/\xe4')],
  [400, 'a blank in the target', get(HOST, '/x y')],
  [400, 'no target', `GET HTTP/1.1\r\n${HOST}\r\n`],
  [400, 'an unknown method', `SING /x HTTP/1.1\r\n${HOST}\r\n`],
  [400, 'a method in lower case', `get /x HTTP/1.1\r\n${HOST}\r\n`],
  [405, 'CONNECT', `CONNECT a:443 HTTP/1.1\r\n${HOST}\r\n`],
  [400, 'TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  [400, 'HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [400, 'nonsense', 'hello\r\n\r\n'],
  [505, 'HTTP/0.9 by name', get(HOST, '/x', 'HTTP/0.9')],
  [400, 'HTTP/1.2', get(HOST, '/x', 'HTTP/1.2')],
  [505, 'HTTP/2.0 by name', get(HOST, '/x', 'HTTP/2.0')],
  [431, 'a header of 17 KiB', get(`${HOST}X-A: ${'y'.repeat(17 * 1024)}\r\n`)],
  [431, 'a target of 17 KiB', get(HOST, `/${'y'.repeat(17 * 1024)}`)],
  [431, 'a header of 1 MB', get(`${HOST}X-A: ${'y'.repeat(1_000_000)}\r\n`)],
  [431, 'trailers of 20 KB', chunked(`2\r\n{}\r\n0\r\nX-A: ${'y'.repeat(20_000)}\r\n\r\n`)],
  [413, 'chunk extensions of 20 KB', chunked(`2;a=${'y'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)],
];
