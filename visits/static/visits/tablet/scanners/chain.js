// Whether what a device answered is just what was asked of it, whole and signed: nothing is kept before this holds. The
// office's worker checks the same (visits/lib/device_chains.py), and what comes over Android's bridge goes through here too.
import { sha256, utf8 } from "../ids.js";
import { importX509 } from "../lib.js";
import { subtypeOf } from "./body.js";

export const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; // what the first capture is linked to
const HASH = /^[0-9A-Fa-f]{64}$/;
const SEGMENT = /^[A-Za-z0-9_-]+={0,2}$/;

/** `code`: shape, version, signature, transaction, hash or parts. Quotes no content. */
export class ChainError extends Error {
  constructor(code) {
    super(`the capture of a device does not hold: ${code}`);
    this.code = code;
  }
}

const demand = (condition, code) => {
  if (!condition) throw new ChainError(code);
};

/** Bytes of base64url, with padding or without. */
export function decode(text) {
  demand(typeof text === "string" && SEGMENT.test(text), "shape");
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/").replaceAll("=", ""));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    throw new ChainError("shape");
  }
}

/** The object in JSON bytes. */
export function parseObject(bytes) {
  let value = null;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // told below
  }
  demand(value !== null && typeof value === "object" && !Array.isArray(value), "shape");
  return value;
}

/** The payload of a JWS that its own certificate signed (RS256); who issued the certificate is not looked at. */
async function verifyJws(token) {
  demand(typeof token === "string", "shape");
  const segments = token.split(".");
  demand(segments.length === 3, "shape");
  const header = parseObject(decode(segments[0]));
  demand(header.alg === "RS256" && Array.isArray(header.x5c) && typeof header.x5c[0] === "string" && !("crit" in header), "shape");
  let key = null;
  try {
    key = await importX509(`-----BEGIN CERTIFICATE-----\n${header.x5c[0]}\n-----END CERTIFICATE-----`, "RS256");
  } catch {
    throw new ChainError("shape");
  }
  const signed = utf8(`${segments[0]}.${segments[1]}`);
  demand(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, decode(segments[2]), signed), "signature");
  return decode(segments[1]);
}

const bytesOfHex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

/** The hashes that may follow `previous`. Two rules of joining are in use, and each binds value and order: the
    specification's text joins hexadecimal digests of the data block, its reference device the digests of the picture. */
async function hashesAfter(previous, block, picture) {
  const digest = await sha256(block);
  const joined = new Uint8Array(64);
  joined.set(bytesOfHex(previous));
  joined.set(bytesOfHex(await sha256(picture)), 32);
  return Promise.all([utf8(previous + digest), utf8(previous + digest.toUpperCase()), joined].map(sha256));
}

async function verifyEntry(entry, previous, { type, transaction, version }) {
  demand(entry !== null && typeof entry === "object" && HASH.test(entry.hash ?? ""), "shape");
  demand(entry.specVersion === version, "version");
  const block = await verifyJws(entry.data);
  const payload = parseObject(block);
  demand(payload.transactionId === transaction, "transaction");
  demand(payload.bioType === type, "parts");
  demand(typeof payload.bioValue === "string" && payload.bioValue, "shape");
  const right = await hashesAfter(previous, block, decode(payload.bioValue));
  demand(right.includes(entry.hash.toLowerCase()), "hash");
  const score = Number(payload.qualityScore);
  demand(Number.isFinite(score), "shape");
  return [payload.bioSubType, score];
}

/** Checks the `biometrics` of an answer against what was asked: {type, parts, transaction, previous, version}. Gives the
    entries to keep, the score of each part, and the hash for the next capture. Throws `ChainError`. */
export async function verifyCapture(biometrics, asked) {
  demand(Array.isArray(biometrics) && biometrics.length === asked.parts.length, "parts");
  const entries = [];
  const told = new Map();
  let last = asked.previous;
  for (const entry of biometrics) {
    const [subtype, score] = await verifyEntry(entry, last, asked);
    last = entry.hash;
    told.set(subtype, score);
    entries.push({ specVersion: entry.specVersion, data: entry.data, hash: entry.hash });
  }
  const scores = {};
  for (const part of asked.parts) {
    const score = told.get(subtypeOf(part));
    demand(score !== undefined, "parts");
    scores[part] = score;
  }
  return { entries, scores, last };
}
