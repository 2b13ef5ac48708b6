import type pg from 'pg';
import { ACCOUNTS_MIGRATIONS } from '../../gateway/accounts/migrations.ts';
import { LIVENESS_MIGRATIONS } from '../../platform/liveness/migrations.ts';
import { LEASES_MIGRATIONS } from '../../platform/postgres/leases.ts';
import { migrationsDone } from '../../platform/postgres/migrate-schema.ts';
import { MIGRATIONS } from '../../read-models/registry.ts';
import { bad, type Finding, ok } from './finding.ts';

interface Schema {
  readonly name: string;
  readonly migrations: readonly string[];
  /** Which brings it up to date as it starts. */
  readonly madeBy: string;
}

const schemas = (readSchema: string): readonly Schema[] => [
  { name: readSchema, migrations: Object.keys(MIGRATIONS), madeBy: 'the projection service' },
  { name: 'accounts', migrations: ACCOUNTS_MIGRATIONS, madeBy: 'a gateway' },
  { name: 'liveness', migrations: LIVENESS_MIGRATIONS, madeBy: 'a gateway' },
  { name: 'leases', migrations: LEASES_MIGRATIONS, madeBy: 'housekeeping' },
];

/** Whether each has been brought to where this version of Rally wants it, and not beyond. */
export const checkSchemas = (pool: pg.Pool, readSchema: string): Promise<Finding[]> =>
  Promise.all(schemas(readSchema).map((schema) => checkSchema(pool, schema)));

async function checkSchema(pool: pg.Pool, { name, migrations, madeBy }: Schema): Promise<Finding> {
  const check = `schema ${name}`;
  const done = await migrationsDone(pool, name);
  if (!done) return bad(check, 'is not there', `start ${madeBy}, which makes it`);
  const missing = migrations.filter((migration) => !done.includes(migration));
  if (missing.length > 0)
    return bad(
      check,
      `behind: ${missing.join(', ')} has not been done`,
      `start ${madeBy} of this version, which does it`,
    );
  const unknown = done.filter((migration) => !migrations.includes(migration));
  return unknown.length > 0
    ? bad(
        check,
        `newer than this version: ${unknown.join(', ')}`,
        'use the version of Rally that the services have',
      )
    : ok(check, `up to date: ${migrations.at(-1)}`);
}
