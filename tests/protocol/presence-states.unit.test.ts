import { describe, expect, it } from 'vitest';
import { decodePresence, encodePresence, type PresenceState } from '../../protocol/presence-states.ts';

const state = (userKey: string, position: bigint, text = `{"of":"${userKey}"}`): PresenceState => ({
  userKey,
  cursor: { position, ordinal: 0, log: '7' },
  text,
});

describe('who came online or went offline, on the message bus', () => {
  it.each<[string, bigint, PresenceState[]]>([
    ['nobody', 0n, []],
    ['somebody', 57n, [state('ann', 12n)]],
    [
      'somebody twice, in order',
      2n ** 62n,
      [state('ann', 1n), state('bob', 2n ** 62n), state('ann', 2n ** 62n + 1n)],
    ],
    ['any text, as it is', 1n, [state('ann', 1n, '"\\\n\u2028🂡')]],
  ])('comes out as it went in: %s', (_, epoch, states) => {
    expect(decodePresence(encodePresence(epoch, states))).toEqual({ epoch, states });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['no epoch', { states: [] }],
    ['no states', { epoch: '1' }],
    ['an epoch that is a number', { epoch: 1, states: [] }],
    ['an epoch below zero', { epoch: '-1', states: [] }],
    ['an epoch beyond all', { epoch: '1'.repeat(20), states: [] }],
    ['a state that is none', { epoch: '1', states: [null] }],
    ['a state without text', { epoch: '1', states: [['ann', '1.0.7']] }],
    ['a state with more than text', { epoch: '1', states: [['ann', '1.0.7', '{}', '']] }],
    ['a state of a number', { epoch: '1', states: [[1, '1.0.7', '{}']] }],
    ['a state without a place', { epoch: '1', states: [['ann', '', '{}']] }],
    ['a state at no place', { epoch: '1', states: [['ann', '1.0', '{}']] }],
  ])('throws on what is none of it: %s', (_, payload) => {
    expect(() => decodePresence(JSON.stringify(payload) ?? '')).toThrow();
  });

  it('throws on what is no JSON', () => {
    expect(() => decodePresence('{')).toThrow(SyntaxError);
  });
});
