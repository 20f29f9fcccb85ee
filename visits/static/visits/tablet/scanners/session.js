// Devices found, and captures taken from them: in order, each verified before anything of it is kept.
import { keep, state } from "../state.js";
import { LEAST_SCORE } from "./body.js";
import { BridgeLine, findBridge } from "./bridge.js";
import { ChainError, verifyCapture } from "./chain.js";
import { LineError } from "./line.js";
import { LoopbackLine } from "./loopback.js";
import { CAPTURE_VERBS, captureRequest, readInfo, readTrouble } from "./sbi.js";

const CAPTURE_MS = 30_000; // for the device; a trembling hand takes its time
const GRACE_MS = 5000; // on top, for the answer to come

/** What an officer is told, by `kind`: a text "scanner.<kind>" says what to do. */
export class ScannerTrouble extends Error {
  constructor(kind) {
    super(`a device cannot be used: ${kind}`);
    this.kind = kind;
  }
}

/** Over Android's bridge where there is one, else over this machine's own ports. */
export function openLine() {
  const shell = findBridge();
  return shell ? new BridgeLine(shell) : new LoopbackLine();
}

async function rememberAllowed() {
  if (!state.choices.scannersAllowed) await keep({ choices: { ...state.choices, scannersAllowed: true } }, { quiet: true });
}

/** Why nothing answers: the browser keeps us off, or nothing is there. */
async function whySilent(line) {
  const permission = await line.permission();
  if (permission === "denied") return state.choices.scannersAllowed ? "withdrawn" : "refused";
  return permission === "prompt" ? "none-asked" : "none";
}

/** Addresses of services; none where the line itself fails. */
async function discover(line, signal) {
  try {
    return await line.discover({ signal });
  } catch (error) {
    if (error instanceof LineError) return [];
    throw error;
  }
}

/** The devices that answer, each with its address. Throws `ScannerTrouble` where there is none. */
export async function findScanners(line, { signal } = {}) {
  const addresses = await discover(line, signal);
  if (signal?.aborted) throw new ScannerTrouble("stopped");
  const found = [];
  for (const address of addresses) {
    const text = await line.info(address, { signal }).catch(() => "");
    for (const scanner of readInfo(text)) found.push({ ...scanner, address });
  }
  if (!found.length) throw new ScannerTrouble(await whySilent(line));
  if ((await line.permission()) === "granted") await rememberAllowed();
  return found;
}

/** The device for a group. Throws `ScannerTrouble` where none can take it now. */
export function chooseScanner(scanners, group) {
  const able = scanners.filter(({ type, subIds }) => type === group.type && subIds.includes(group.subId));
  if (!able.length) throw new ScannerTrouble(`no-${group.modality}`);
  const speaking = able.filter(({ version }) => version);
  if (!speaking.length) throw new ScannerTrouble("version");
  const ready = speaking.find(({ status }) => status === "ready");
  if (!ready) throw new ScannerTrouble(speaking[0].status);
  return ready;
}

async function isThere(line, scanner) {
  return Boolean(await line.info(scanner.address).catch(() => ""));
}

/** The answer's text, by the first verb that the service knows; one that it does not know may also look like silence. */
async function askForCapture(line, scanner, body, options) {
  for (const verb of scanner.verb ? [scanner.verb] : CAPTURE_VERBS) {
    try {
      const text = await line.capture(scanner.address, verb, body, options);
      scanner.verb = verb;
      return text;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const unknown = error.kind === "verb" || (error.kind === "gone" && !scanner.verb && (await isThere(line, scanner)));
      if (!unknown) throw error;
    }
  }
  throw new LineError("gone");
}

function readAnswer(text) {
  try {
    const answer = JSON.parse(text);
    if (answer && typeof answer === "object") return answer;
  } catch {
    // told below
  }
  throw new ChainError("shape");
}

/** Take a group's parts: {entries, scores, last} as `verifyCapture` gives them. Throws `ScannerTrouble`; nothing is kept
    of what fails. */
export async function captureGroup(line, scanner, { group, parts, transaction, previous, timeoutMs = CAPTURE_MS, signal }) {
  const body = captureRequest({ scanner, group, parts, transaction, previous, leastScore: LEAST_SCORE, timeoutMs });
  try {
    const answer = readAnswer(await askForCapture(line, scanner, body, { timeoutMs: timeoutMs + GRACE_MS, signal }));
    const trouble = readTrouble(answer);
    if (trouble) throw new ScannerTrouble(trouble);
    return await verifyCapture(answer.biometrics, { type: group.type, parts, transaction, previous, version: scanner.version });
  } catch (error) {
    if (error instanceof ChainError) throw new ScannerTrouble("broken");
    if (!(error instanceof LineError)) throw error;
    if (error.kind !== "gone" && error.kind !== "verb") throw new ScannerTrouble(error.kind);
    throw new ScannerTrouble((await line.permission()) === "denied" ? await whySilent(line) : "gone");
  }
}
