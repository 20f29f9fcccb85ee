// Locks the tablet after some minutes without a touch. A tablet that slept, or whose clock was set, counts too:
// the longer of the two clocks is believed. In the middle of a record it waits until the record is left.
const LOOK_MS = 2_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "input", "scroll"];

/** Is it time to lock, and did something open keep it from it? */
export class Idle {
  #wall = Date.now();
  #steady = performance.now();
  #due = false;

  /** `minutes()` of rest; `busy()` while a record is open; `lock()` when it is time; `due()` when it has to wait. */
  constructor({ minutes, busy, lock, due }) {
    this.look = () => {
      const rest = Math.max(Date.now() - this.#wall, performance.now() - this.#steady);
      if (!this.#due && rest < minutes() * 60_000) return;
      if (!busy()) lock();
      else if (!this.#due) due();
      this.#due = true;
    };
    const touched = () => {
      this.look(); // timers of a page that slept are late: the first touch must find the tablet locked
      this.#wall = Date.now();
      this.#steady = performance.now();
    };
    for (const sign of SIGNS) addEventListener(sign, touched, { capture: true, passive: true });
    document.addEventListener("visibilitychange", this.look);
    setInterval(this.look, LOOK_MS);
  }

  /** Somebody has just unlocked it. */
  begin() {
    this.#wall = Date.now();
    this.#steady = performance.now();
    this.#due = false;
  }
}
