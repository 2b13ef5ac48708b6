import type { Environment } from '../environment.ts';
import { readFrame } from '../frame-guard.ts';
import type { SeenPlace } from '../http/seen-place.ts';
import type { Live } from '../live.ts';
import type { Renewal } from '../session/renewal.ts';
import type { Session } from '../session/session.ts';
import type { WelcomeFrame } from '../wire.ts';
import { Connector } from './connector.ts';
import { PushStream } from './push-stream.ts';
import { Requests } from './requests.ts';

export interface LiveParts {
  readonly environment: Environment;
  readonly url: string;
  readonly session: Session;
  readonly renewal: Renewal;
  readonly seen: SeenPlace;
  readonly probe: () => Promise<unknown>;
}

/** What comes and goes over the socket, and who keeps it. */
export function createLive(parts: LiveParts): { readonly live: Live; readonly connector: Connector } {
  const { environment, url, session, renewal, seen, probe } = parts;
  const pushes = new PushStream();
  const requests = new Requests(environment);

  const welcomed = (data: WelcomeFrame['data']) => {
    if (connector.isWelcomed) return;
    seen.seeCursor(data.cursor);
    session.signedIn(data.username);
    renewal.told(data.expires_at);
    connector.welcomed(data.ping_interval_s, () => pushes.welcome(data));
  };

  const message = (text: unknown) => {
    const frame = readFrame(text);
    if (!frame) return;
    switch (frame.action) {
      case 'welcome':
        return welcomed(frame.data);
      case 'ping':
        return renewal.told(frame.data.expires_at, frame.data.date);
      case 'ack':
        seen.see(frame.data.position);
        return requests.answer(frame);
      case 'error':
        return requests.answer(frame);
      default:
        if ('cursor' in frame) seen.seeCursor(frame.cursor);
        return pushes.take(frame);
    }
  };

  const connector = new Connector({
    environment,
    url: () => `${url}/ws/events${pushes.cursor && `?cursor=${encodeURIComponent(pushes.cursor)}`}`,
    session,
    renew: (mark) => renewal.renew(mark),
    probe,
    begin: () => pushes.begin(),
    message,
    lost: () => requests.lost(),
  });

  return {
    connector,
    live: {
      connection: connector.state,
      on: (action, handler) => pushes.on(action, handler),
      onPush: (handler) => pushes.onPush(handler),
      onWelcome: (handler) => pushes.onWelcome(handler),
      request: (action, data) =>
        requests.ask((id) => connector.send(JSON.stringify({ action, data, request_id: id }))),
      tell: (action, data) => connector.send(JSON.stringify({ action, data })),
    },
  };
}
