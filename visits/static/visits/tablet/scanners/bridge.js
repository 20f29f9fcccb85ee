// The contract with a shell around the app on Android, where devices are reached by intents (io.mosip.device, then
// "<appId>.Info" and "<appId>.rCapture") and a page cannot send any. The shell is not in this repository; one that has it
// puts this object into the page before its first script:
//
//   globalThis.JemputBolaScanners = {
//     contract: 1,
//     discover(requestJson)                  -> Promise of JSON: ["<appId>", ...] of the services that answered the intent
//     info(appId)                            -> Promise of the text in the answer's extra "response"
//     capture(appId, requestJson, timeoutMs) -> Promise of the same
//     cancel()                               -> ends a capture that is under way
//   }
//
// Each promise is rejected by an Error whose `message` is "gone", "slow" or "stopped". The shell passes texts on as they
// are: it adds nothing, keeps nothing and logs nothing. What it gives is verified here like an answer over HTTP.
import { LineError } from "./line.js";
import { discoveryRequest } from "./sbi.js";

const CONTRACT = 1;
const KINDS = ["gone", "slow", "stopped"];

/** The shell's object, or null where there is no shell that keeps this contract. */
export const findBridge = () => (globalThis.JemputBolaScanners?.contract === CONTRACT ? globalThis.JemputBolaScanners : null);

async function passed(call) {
  try {
    const text = await call;
    if (typeof text === "string") return text;
  } catch (error) {
    throw new LineError(KINDS.includes(error?.message) ? error.message : "gone");
  }
  throw new LineError("gone");
}

export class BridgeLine {
  #shell;

  constructor(shell) {
    this.#shell = shell;
  }

  permission() {
    return "granted"; // Android asked when the shell was installed
  }

  async discover() {
    const text = await passed(this.#shell.discover(discoveryRequest()));
    try {
      return JSON.parse(text).filter((one) => typeof one === "string");
    } catch {
      throw new LineError("gone");
    }
  }

  info(appId) {
    return passed(this.#shell.info(appId));
  }

  async capture(appId, _verb, body, { timeoutMs, signal }) {
    const stop = () => this.#shell.cancel();
    signal?.addEventListener("abort", stop);
    try {
      return await passed(this.#shell.capture(appId, body, timeoutMs));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  close() {}
}
