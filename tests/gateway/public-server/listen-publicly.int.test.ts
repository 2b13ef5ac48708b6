import { encodeText } from '../../../gateway/public-server/encode-text.ts';
import { listenPublicly } from '../../../gateway/public-server/listen-publicly.ts';
import { describePublicServer } from './public-server-contract.ts';

describePublicServer("Node's HTTP server and ws", listenPublicly, encodeText);
