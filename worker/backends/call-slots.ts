/** How many calls of one request may be under way at once, and how many were made. */
export class CallSlots {
  /** Calls made until now. */
  calls = 0;
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Takes a slot, if one is free. */
  take(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  release(): void {
    this.#free += 1;
  }
}
