import { listenOnNodeWs } from '../../../gateway/public-server/node-ws/node-ws-server.ts';
import { describeAbandoned } from './abandoned-suite.ts';
import { describePublicServer } from './public-server-contract.ts';

describePublicServer('the ws package', listenOnNodeWs);

// uWebSockets tells nothing of a connection that is paused, as its adapter has to pause it until the answer.
describeAbandoned(listenOnNodeWs);
