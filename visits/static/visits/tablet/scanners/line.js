// How the app speaks to devices. A line has
//   permission()                                   -> "granted", "denied", "prompt" or "unknown"
//   discover({signal})                             -> addresses of services that answer
//   info(address, {signal})                        -> text
//   capture(address, verb, body, {timeoutMs, signal}) -> text
//   close()
// and throws `LineError`. What it gives is text, read and verified by the same code whichever line it came over.

/** `kind`: gone (no answer), slow (no answer in time), stopped (by us), verb (the service does not know it). */
export class LineError extends Error {
  constructor(kind) {
    super(`the line to a device: ${kind}`);
    this.kind = kind;
  }
}
