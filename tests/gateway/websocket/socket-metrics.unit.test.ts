import { expect, it } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { createTestGateway, settle } from './test-gateway.ts';

it('counts sockets, frames, refusals, closes, pushes, replays and who is said to be online', async () => {
  const { open, connect, commands, feed, people, registry } = createTestGateway();
  const [tab, other] = [await open('ann'), await open('ann', '0.0.7')];
  commands.answersAtOnce = false;
  const id = 'aaaaaaaa-0000-4000-8000-000000000001';
  tab.ask({ action: 'read_message', data: { id } });
  commands.asked[0]?.answer({ outcome: 'refused', code: 'message_not_found' });
  feed.push('ann', 'one', 'two');
  await settle();
  people.push('cid', '-cid', 'dan');
  await eventually(() => expect(other.of('user_online')).toHaveLength(1));
  other.disconnect();
  const stranger = connect('nobody');
  await eventually(() => expect(stranger.code).toBe(3002));
  connect('ann', { path: '/ws' });
  expect(() => connect('ann', { path: '/wx' })).toThrow('404');
  await settle();

  const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'));
  const counted = lines.filter((line) => line !== '' && !line.includes('_seconds_'));
  expect(counted.sort()).toEqual([
    'rally_websocket_closes_total{code="3002"} 1',
    'rally_websocket_closes_total{code="4000"} 1',
    'rally_websocket_closes_total{code="client"} 1',
    'rally_websocket_delayed_resumes_total 0',
    'rally_websocket_frames_total{action="read_message"} 1',
    'rally_websocket_open_sockets 1',
    'rally_websocket_presence_frames_total 4',
    'rally_websocket_presence_left_out_total 1',
    'rally_websocket_presence_pending_users 0',
    'rally_websocket_presence_watched_users 0',
    'rally_websocket_pushes_total 4',
    'rally_websocket_refusals_total{code="message_not_found"} 1',
    'rally_websocket_refused_handshakes_total{status="404"} 1',
    'rally_websocket_replays_total{outcome="fresh"} 1',
    'rally_websocket_replays_total{outcome="recovered"} 1',
  ]);
  expect(lines).toContain('rally_websocket_presence_round_seconds_count 1');
});
