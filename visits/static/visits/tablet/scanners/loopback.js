// The line to devices that are connected to this machine: HTTP on 127.0.0.1, through the frame /alat. The app's own page
// stays shut to every port: the frame is there only while a record by "our_devices" is at its step of fingers and eyes.
import { h } from "../dom.js";
import { LineError } from "./line.js";
import { readPermission } from "./permission.js";
import { discoveryRequest } from "./sbi.js";

const FRAME = "/alat";
const DISCOVERY_MS = 3000;
const ASKING_MS = 120_000; // while the browser asks a person, every request waits
const INFO_MS = 5000;
const FRAME_MS = 5000; // on top: a frame that did not come says nothing
const FIRST_PORT = 4501;

/** A page from this machine itself reaches its other programs without being asked. */
const isFromHere = () => ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);

export class LoopbackLine {
  #frame;
  #loaded;

  constructor() {
    this.#frame = h("iframe", { src: FRAME, title: FRAME, hidden: true });
    this.#loaded = new Promise((resolve) => this.#frame.addEventListener("load", resolve, { once: true }));
    document.body.append(this.#frame);
  }

  /** "granted", "denied", "prompt" or "unknown". */
  permission() {
    return readPermission();
  }

  async #ask(question, signal) {
    await this.#loaded;
    if (!this.#frame.contentWindow) throw new LineError("stopped");
    const { port1: mine, port2: theirs } = new MessageChannel();
    let late = null;
    const answered = new Promise((resolve) => {
      mine.onmessage = ({ data }) => resolve(data);
      late = setTimeout(() => resolve({ failed: "slow" }), question.timeoutMs + FRAME_MS);
    });
    const stop = () => mine.postMessage("stop");
    signal?.addEventListener("abort", stop);
    this.#frame.contentWindow.postMessage(question, location.origin, [theirs]);
    if (signal?.aborted) stop();
    try {
      return await answered;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
      mine.close();
    }
  }

  async #text(question, signal) {
    const { failed, status, text } = await this.#ask(question, signal);
    if (failed) throw new LineError(failed);
    if ([404, 405, 501].includes(status)) throw new LineError("verb");
    return text;
  }

  /** The ports on which a service answers. Where the browser has to ask, it is given one request to ask about: it takes
      a hundred for a nuisance, and refuses by itself. */
  async discover({ signal } = {}) {
    const question = { path: "/device", verb: "MOSIPDISC", body: discoveryRequest() };
    if ((await this.permission()) === "prompt" && !isFromHere()) {
      await this.#ask({ ...question, port: FIRST_PORT, timeoutMs: ASKING_MS }, signal);
      if ((await this.permission()) !== "granted") return [];
    }
    const answers = await this.#ask({ ...question, everywhere: true, timeoutMs: DISCOVERY_MS }, signal);
    if (answers.failed) throw new LineError(answers.failed);
    return answers.map(({ port }) => port);
  }

  info(port, { signal } = {}) {
    return this.#text({ port, path: "/info", verb: "MOSIPDINFO", body: "{}", timeoutMs: INFO_MS }, signal);
  }

  capture(port, verb, body, { timeoutMs, signal }) {
    return this.#text({ port, path: "/capture", verb, body, timeoutMs }, signal);
  }

  close() {
    this.#frame.remove();
  }
}
