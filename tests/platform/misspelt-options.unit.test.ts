import { describe, expect, it } from 'vitest';
import { localClusterConfiguration } from '../../local-cluster/configuration.ts';
import { misspeltOptions } from '../../platform/configuration/misspelt-options.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { SERVICE_OPTIONS } from '../deployment/service-options.ts';

const schemas = [standaloneConfiguration, localClusterConfiguration, ...Object.values(SERVICE_OPTIONS)];
const known = Object.keys(standaloneConfiguration.shape);
const meantBy = (written: string) => misspeltOptions(known, { [written]: '1' }).map(({ meant }) => meant);

describe('a variable that looks like an option', () => {
  it.each([
    ['PROT', 'PORT'],
    ['port', 'PORT'],
    ['PORTS', 'PORT'],
    ['OPS_PROT', 'OPS_PORT'],
    ['DATADIR', 'DATA_DIR'],
    ['DATA_DRI', 'DATA_DIR'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['JWT_SERCET', 'JWT_SECRET'],
    ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['LOGIN_WINDOW_MS', 'LOGIN_WINDOW_S'],
    ['RALLY_PORT', 'PORT'],
    ['RALLY_DATADIR', 'DATA_DIR'],
  ])('%s is told of: %s is meant', (written, meant) => expect(meantBy(written)).toEqual([meant]));

  it.each([
    'PORT',
    'HOME',
    'HOSTNAME',
    'PATH',
    'PWD',
    'USER',
    'LOGNAME',
    'SHELL',
    'SHLVL',
    'TERM',
    'LANG',
    'MAIL',
    'TZ',
    'EDITOR',
    'DISPLAY',
    'TMPDIR',
    'NODE_ENV',
    'CI',
    'SSH_TTY',
    'OLDPWD',
    'MAKEFLAGS',
    'MAKELEVEL',
    'DEBIAN_FRONTEND',
    'XDG_DATA_DIRS',
    'XDG_DATA_HOME',
    'DOCKER_HOST',
    'KUBERNETES_PORT',
    'KUBERNETES_SERVICE_HOST',
    'RALLY_SERVICE_HOST',
    'npm_config_loglevel',
    'npm_package_version',
  ])('%s is somebody else’s, or right', (written) => expect(meantBy(written)).toEqual([]));

  it('is never an option of another service, which reads the same environment', () => {
    for (const one of schemas)
      for (const other of schemas) {
        const environment = Object.fromEntries(Object.keys(other.shape).map((name) => [name, '1']));
        expect(misspeltOptions(Object.keys(one.shape), environment)).toEqual([]);
      }
  });
});
