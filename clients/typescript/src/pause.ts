/** Pauses between attempts to connect. */

/** Pauses that double, shortened at random so that clients do not come back all at once. */
export class Pauses {
  #next: number;

  constructor(
    private readonly first: number,
    private readonly longest: number,
    private readonly random: () => number = Math.random,
  ) {
    this.#next = first;
  }

  /** Milliseconds of the next one. */
  next(): number {
    const pause = Math.min(this.#next, this.longest);
    this.#next = Math.min(this.#next * 2, this.longest);
    return Math.round(pause * (1 - this.random() / 2));
  }

  /** Something worked. */
  reset(): void {
    this.#next = this.first;
  }
}

/** Waits; ends early when the signal is given. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
