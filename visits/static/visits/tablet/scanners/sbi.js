// The words of the MOSIP Secure Biometric Interface, versions 0.9.5 and 1.0: what is asked of a device, and what it says.
import { wallClock } from "../ids.js";
import { subtypeOf } from "./body.js";
import { ChainError, decode, parseObject } from "./chain.js";

const VERSIONS = ["1.0", "0.9.5"]; // the one we like best first
const named = (version) => (version === "1.0.0" ? "1.0" : version);

/** A registration device gives what it took as it is, signed; it is asked by the first verb. Some services know only the
    second, which the specification keeps for devices that encrypt to another server. */
export const CAPTURE_VERBS = ["RCAPTURE", "CAPTURE"];

const STATUSES = { ready: "ready", busy: "busy", "not ready": "not-ready", "not registered": "not-registered" };
/** What an error's code means to an officer; anything else is "failed". */
const TROUBLES = { 100: "not-registered", 101: "unseen", 106: "gone", 110: "not-ready", 111: "busy", 202: "gone", 701: "unseen", 703: "busy" };

/** The newest version that both know, in the device's spelling; null if none. */
export function chooseVersion(offered) {
  const list = Array.isArray(offered) ? offered : [offered];
  for (const version of VERSIONS) {
    const found = list.find((one) => named(one) === version);
    if (found) return found;
  }
  return null;
}

export const discoveryRequest = () => JSON.stringify({ type: "Biometric Device" });

/** An object that comes signed (its payload), encoded, or as it is. */
function readObject(value) {
  if (typeof value !== "string") return value ?? {};
  const segments = value.split(".");
  return parseObject(decode(segments.length === 3 ? segments[1] : value));
}

function readScanner({ deviceInfo }) {
  const told = readObject(deviceInfo);
  const { type } = readObject(told.digitalId);
  return {
    id: String(told.deviceId ?? ""),
    type,
    subIds: [told.deviceSubId].flat().map(String),
    status: STATUSES[String(told.deviceStatus).toLowerCase()] ?? "failed",
    version: chooseVersion(told.specVersion),
    environment: told.env ?? "",
  };
}

/** The devices that a service names when it is asked for information; those that cannot be read are left out. */
export function readInfo(text) {
  let list = null;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  const found = [];
  for (const one of Array.isArray(list) ? list : []) {
    try {
      found.push(readScanner(one));
    } catch (error) {
      if (!(error instanceof ChainError || error instanceof TypeError)) throw error;
    }
  }
  return found.filter(({ type }) => typeof type === "string");
}

export function captureRequest({ scanner, group, parts, transaction, previous, leastScore, timeoutMs }) {
  return JSON.stringify({
    env: scanner.environment,
    purpose: "Registration",
    specVersion: scanner.version,
    timeout: String(timeoutMs),
    captureTime: wallClock(),
    transactionId: transaction,
    bio: [
      {
        type: group.type,
        count: String(parts.length),
        bioSubType: parts.map(subtypeOf),
        exception: group.parts.filter((part) => !parts.includes(part)).map(subtypeOf),
        requestedScore: String(leastScore),
        deviceId: scanner.id,
        deviceSubId: group.subId,
        previousHash: previous,
      },
    ],
    customOpts: {},
  });
}

/** What kept a device from capturing, as `TROUBLES` names it; "" if nothing did. */
export function readTrouble(answer) {
  const errors = [answer.error, ...(Array.isArray(answer.biometrics) ? answer.biometrics.map((one) => one?.error) : [])];
  for (const error of errors.filter(Boolean)) {
    const code = String(error.errorCode ?? error.errorcode ?? "0");
    if (code !== "0") return TROUBLES[code] ?? "failed";
  }
  return "";
}
