import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createClientAddressOf } from '../../gateway/client-address.ts';

const PROXY = '10.0.0.1';
const silent = pino({ level: 'silent' });
const direct = createClientAddressOf(0, silent);
const behindOne = createClientAddressOf(1, silent);
const behindTwo = createClientAddressOf(2, silent);

describe('one client has one name', () => {
  it.each([
    ['203.0.113.7', ['203.0.113.7', ' 203.0.113.7 ', '203.0.113.7:1000', '203.0.113.7:65535']],
    [
      '203.0.113.9',
      ['::ffff:203.0.113.9', '::FFFF:cb00:7109', '[::ffff:203.0.113.9]:443', '0:0:0:0:0:ffff:203.0.113.9'],
    ],
    [
      '2001:db8::/64',
      [
        '2001:db8::1',
        '2001:0db8::1',
        '2001:DB8::1',
        '2001:db8:0::1',
        '2001:db8:0:0::1',
        '2001:0db8:0000:0000:0000:0000:0000:0001',
        '[2001:db8::1]',
        '[2001:db8::1]:50000',
        '2001:db8::1%eth0',
      ],
    ],
    ['2001:db8:1:1::/64', ['2001:db8:1:1::', '2001:db8:1:1::1', '2001:db8:1:1:ffff:ffff:ffff:ffff']],
    ['::/64', ['::1', '0:0:0:0:0:0:0:1']],
  ])('%s', (name, spellings) => {
    for (const spelling of spellings) {
      expect(behindOne(PROXY, spelling), spelling).toBe(name);
      expect(direct(spelling, undefined), spelling).toBe(name);
    }
  });

  it('and another network of a site has another', () => {
    expect(direct('2001:db8:1:2::1', undefined)).not.toBe(direct('2001:db8:1:1::1', undefined));
  });
});

it('whatever is no address has one name together', () => {
  for (const text of [
    'x1',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.256',
    '0xcb.0.0x71.7',
    '3405803783',
    '0313.0.0161.07',
    '203.0.113.7:x',
    '203.0.113.7:',
    '[203.0.113.7',
    '2001:db8::1::1',
    '[2001:db8::1]:x',
    '[]',
    ' ',
    ', ',
    '203.0.113.7;a=b',
    '"203.0.113.7"',
    '203.0.113.7/24',
    'x'.repeat(10_000),
  ])
    expect(behindOne(PROXY, text), text).toBe('unknown');
});

describe('proxies of ours', () => {
  it.each([
    ['none: what clients say counts for nothing', direct, '192.0.2.1', PROXY],
    ['none, and no header', direct, undefined, PROXY],
    ['one', behindOne, '192.0.2.1', '192.0.2.1'],
    ['one, and what the client said before', behindOne, '7.7.7.7, 192.0.2.1', '192.0.2.1'],
    ['one, and an empty entry before', behindOne, ', ,192.0.2.1', '192.0.2.1'],
    ['one that wrote nothing', behindOne, undefined, PROXY],
    ['one, and an empty header', behindOne, '', PROXY],
    ['two', behindTwo, '192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['two, and what the client said before', behindTwo, '7.7.7.7, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['two, of which the request passed one', behindTwo, '192.0.2.1', '192.0.2.1'],
    ['two, of which the request passed none', behindTwo, undefined, PROXY],
  ])('%s', (_case, addressOf, forwardedFor, expected) => {
    expect(addressOf(PROXY, forwardedFor)).toBe(expected);
  });
});

describe('X-Forwarded-For while no proxy is trusted', () => {
  function warningsOf(hops: number, headers: readonly (string | undefined)[]): string[] {
    const lines: string[] = [];
    const logger = pino(new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
    const addressOf = createClientAddressOf(hops, logger);
    for (const header of headers) addressOf(PROXY, header);
    return lines;
  }

  it('is warned of once, without the address', () => {
    const lines = warningsOf(0, ['192.0.2.1', undefined, '192.0.2.2']);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 40, msg: expect.stringContaining('TRUSTED_PROXY_HOPS is 0') }),
    ]);
    expect(lines.join()).not.toContain('192.0.2');
  });

  it('is not warned of where it does not come, or is trusted', () => {
    expect(warningsOf(0, [undefined, ''])).toEqual([]);
    expect(warningsOf(1, ['192.0.2.1'])).toEqual([]);
  });
});
