import { getContainerRuntimeClient } from 'testcontainers';

const WITHOUT_ENGINE = 'needs a Docker engine on this machine, or one named by DOCKER_HOST';

/** null: suites can start containers. Otherwise what they say when they are skipped. */
export async function whyNoContainers(): Promise<string | null> {
  if (process.env.TEST_CONTAINERS !== '1') return 'run by `make test-containers`';
  try {
    await getContainerRuntimeClient();
    return null;
  } catch {
    process.stderr.write(`SKIPPED: ${WITHOUT_ENGINE}\n`);
    return WITHOUT_ENGINE;
  }
}
