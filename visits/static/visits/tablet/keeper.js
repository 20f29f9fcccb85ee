// Keeps what is typed: on the disk soon after each key, one write after the other, and at once when the page is left.
const SOON_MS = 120;

/** `write` puts everything on the disk as it stands when it is called. */
export class Keeper {
  #write;
  #timer = null;
  #last = Promise.resolve();
  #flush = () => document.visibilityState === "hidden" && this.flush();

  constructor(write) {
    this.#write = write;
    document.addEventListener("visibilitychange", this.#flush);
  }

  /** Something was typed; the first key since the last write sets the time. */
  later() {
    this.#timer ??= setTimeout(() => this.now(), SOON_MS);
  }

  /** Write; the promise is kept when it is on the disk. */
  now() {
    this.#forget();
    this.#last = this.#last.then(this.#write, this.#write);
    return this.#last;
  }

  /** Write what waits to be written, if anything does. */
  flush() {
    return this.#timer === null ? this.#last : this.now();
  }

  /** The screen is left. */
  close() {
    document.removeEventListener("visibilitychange", this.#flush);
    return this.flush();
  }

  /** It is handed in: nothing is written any more, and what was being written is done. */
  stop() {
    this.#write = () => undefined;
    this.#forget();
    document.removeEventListener("visibilitychange", this.#flush);
    return this.#last;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
