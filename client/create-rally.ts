import { browserEnvironment } from './browser-environment.ts';
import { createLive } from './connection/create-live.ts';
import type { Environment } from './environment.ts';
import { ForgivingStorage } from './forgiving-storage.ts';
import { createApi } from './http/create-api.ts';
import { createHttp } from './http/http.ts';
import { SeenPlace } from './http/seen-place.ts';
import { createTransport } from './http/transport.ts';
import { TabOutbox } from './outbox/tab-outbox.ts';
import type { Rally, RallyOptions } from './rally.ts';
import { Renewal } from './session/renewal.ts';
import { Session } from './session/session.ts';
import { createStores } from './stores/create-stores.ts';

/** Puts the parts together, and touches nothing. */
export function createRally(options: RallyOptions = {}): Rally {
  const environment: Environment = { ...browserEnvironment(), ...options.environment };
  const url = (options.url ?? '').replace(/\/$/, '');
  const storage = new ForgivingStorage(environment.storage);
  const session = new Session({ kind: options.session, storage, readCookie: environment.readCookie });
  const transport = createTransport(environment, url, session);
  const renewal = new Renewal(environment, session, transport);
  const seen = new SeenPlace();
  const http = createHttp({ environment, session, transport, renewal, seen });
  const api = createApi({
    http,
    session,
    onSignedIn: () => connector.restart(),
    onLoggedOut: () => connector.end('logged_out'),
  });
  const { live, connector } = createLive({ environment, url, session, renewal, seen, probe: api.self });
  const outbox = new TabOutbox({ environment, storage, session, live });
  const stores = createStores({ live, api, outbox, session: session.state, environment });

  let starts = 0;
  let stopListening = () => {};
  return {
    session: session.state,
    live,
    api,
    outbox,
    stores,
    start() {
      starts += 1;
      if (starts > 1) return;
      stopListening = environment.wakeUps.subscribe((cause) => {
        if (cause === 'stored' && session.isAnother) connector.restart();
        connector.wake(cause);
        outbox.wake(cause);
      });
      renewal.start();
      outbox.start();
      connector.start();
    },
    stop() {
      if (starts === 0) return;
      starts -= 1;
      if (starts > 0) return;
      stopListening();
      connector.stop();
      stores.close();
      outbox.stop();
      renewal.stop();
    },
  };
}
