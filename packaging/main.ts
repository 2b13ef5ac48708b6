import { buildPackage } from './build-package.ts';

/** `node dist/packaging/main.js`, from the root of the repository: makes `dist/client-package`, to be packed or published. */
await buildPackage('dist/client-package');
