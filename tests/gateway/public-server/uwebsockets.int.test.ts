import { expect, it } from 'vitest';
import { loadUWebSockets } from '../../../gateway/public-server/uwebsockets/load-uwebsockets.ts';
import { listenOnUWebSockets } from '../../../gateway/public-server/uwebsockets/uwebsockets-server.ts';
import { describePublicServer } from './public-server-contract.ts';

const library = loadUWebSockets();

it.skipIf(library)('uWebSockets is not tested: none of its binaries runs here', () => {
  expect(library).toBeNull();
});

if (library) describePublicServer('uWebSockets', listenOnUWebSockets(library));
