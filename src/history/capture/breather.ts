import { setImmediate } from 'node:timers/promises';

/** Work goes on this long, in milliseconds, before others get the thread. */
const STRETCH = 12;

/** Lets the other work of a thread go on now and then during long loops. */
export class Breather {
  #since = performance.now();

  /** True when it is time to `await breathe()`; asking costs next to nothing. */
  get due(): boolean {
    return performance.now() - this.#since > STRETCH;
  }

  async breathe(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
