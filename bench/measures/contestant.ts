import type { DeliveryFaults } from '../load-generator/delivery-faults.ts';
import type { LoadGenerator } from '../load-generator/load-generator.ts';
import type { SteadyLoad, SteadyLoadResult } from '../load-generator/steady-load.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';

/** A running system and the crowd that is connected to it. */
export class Contestant {
  readonly system: SystemUnderTest;
  readonly generator: LoadGenerator;
  #retries = 0;
  /** Settled when the generator has nothing to do. */
  #talking: Promise<unknown> = Promise.resolve();
  #dismissed = false;

  constructor(system: SystemUnderTest, generator: LoadGenerator) {
    this.system = system;
    this.generator = generator;
  }

  /** Rejects with `DeliveryBroken` when a message was lost or doubled, or came in an order that was not promised. */
  async talk(load: SteadyLoad): Promise<SteadyLoadResult> {
    if (this.#dismissed) throw new Error(`${this.system.name} is out of the contest`);
    const talking = this.generator.talk(load);
    this.#talking = talking.catch(() => {});
    const result = await talking;
    this.#retries += result.retries;
    this.#judge(result.faults);
    return result;
  }

  /** What it is at goes on to its end, and nothing is begun any more: whoever measured has given up. */
  dismiss(): void {
    this.#dismissed = true;
  }

  /** Once more at the end, for what came late and twice. Waits for what is still being said. */
  async lookBack(): Promise<void> {
    await this.#talking;
    this.#judge(await this.generator.lookBack());
  }

  #judge(faults: DeliveryFaults): void {
    const { lost, doubled, outOfOrder, disagreeingChats, unexpected } = faults;
    // A message that was refused for a while and sent again may come after younger ones.
    const ordered = this.system.keepsOrder && this.#retries === 0;
    const broken =
      lost > 0 ||
      doubled > 0 ||
      unexpected.length > 0 ||
      (ordered && (outOfOrder > 0 || disagreeingChats > 0));
    if (broken) throw new DeliveryBroken(this.system.name, faults);
  }
}

export class DeliveryBroken extends Error {
  override readonly name = 'DeliveryBroken';

  constructor(system: string, { lost, doubled, outOfOrder, disagreeingChats, unexpected }: DeliveryFaults) {
    super(
      `${system}: ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order, ${disagreeingChats} chats in two orders` +
        unexpected.map((what) => `\n  unexpected: ${what}`).join(''),
    );
  }
}
