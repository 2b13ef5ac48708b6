import { listenOnNodeWs } from '../../../gateway/public-server/node-ws/node-ws-server.ts';
import { describePublicServer } from './public-server-contract.ts';

describePublicServer('the ws package', listenOnNodeWs);
