// How long to wait before the next try: full jitter, doubled from 2 seconds, never over 5 minutes.
export const FIRST_MS = 2_000;
export const LONGEST_MS = 300_000;

export class Backoff {
  constructor({ random = Math.random } = {}) {
    this.random = random;
    this.failures = 0;
  }

  /** The wait after one more failure; a server that named its own wait is not asked sooner. */
  next(atLeastMs = 0) {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 20);
    return Math.min(LONGEST_MS, Math.max(atLeastMs, Math.ceil(this.random() * ceiling)));
  }

  reset() {
    this.failures = 0;
  }
}
