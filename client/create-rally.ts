import { browserEnvironment } from './browser-environment.ts';
import { createLive } from './connection/create-live.ts';
import type { Environment } from './environment.ts';
import { ForgivingStorage } from './forgiving-storage.ts';
import { createApi } from './http/create-api.ts';
import { createHttp } from './http/http.ts';
import { SeenPlace } from './http/seen-place.ts';
import { createTransport } from './http/transport.ts';
import { TabOutbox } from './outbox/tab-outbox.ts';
import type { Rally, RallyClient, RallyOptions } from './rally.ts';
import { Renewal } from './session/renewal.ts';
import { Session } from './session/session.ts';
import { createStores } from './stores/create-stores.ts';

/** All there is: the client, and the stores that it keeps right. */
export function createRally(options: RallyOptions = {}): Rally {
  const environment = environmentOf(options);
  const client = assemble(options, environment, () => stores.close());
  const stores = createStores({ ...client, session: client.session, environment });
  return { ...client, stores };
}

/** The client without stores: three fifths as large, for bots, and for pages that keep what they show by themselves. */
export const createClient = (options: RallyOptions = {}): RallyClient =>
  assemble(options, environmentOf(options), () => {});

const environmentOf = (options: RallyOptions): Environment => ({
  ...browserEnvironment(),
  ...options.environment,
});

/** Puts the parts together, and touches nothing. */
function assemble(options: RallyOptions, environment: Environment, onStopped: () => void): RallyClient {
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

  let starts = 0;
  let stopListening = () => {};
  return {
    session: session.state,
    live,
    api,
    outbox,
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
      onStopped();
      outbox.stop();
      renewal.stop();
    },
  };
}
