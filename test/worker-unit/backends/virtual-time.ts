/** A clock that moves only when nothing else can happen, to the next sleeper's end. */
export class VirtualTime {
  nowMs = 0;
  #sleepers: { untilMs: number; wake: () => void }[] = [];

  /** Sleepers that have not woken. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  readonly now = (): number => this.nowMs;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        untilMs: this.nowMs + ms,
        wake: () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal.addEventListener("abort", sleeper.wake);
    });
  };

  /** What a promise becomes, with the clock moved as often as it takes. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    promise.then(settle, settle);
    for (;;) {
      await new Promise(setImmediate);
      if (isSettled) return promise;
      const [first] = this.#sleepers.toSorted((a, b) => a.untilMs - b.untilMs);
      if (!first) throw new Error("nothing is left that could settle the promise");
      this.nowMs = first.untilMs;
      first.wake();
    }
  }
}
