// What the server has signed, and whether to believe it.
import { Trouble, call } from "./api.js";
import { nonce, utf8, fromUtf8, sha256 } from "./ids.js";
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from "./lib.js";

const LONGEST_CHAIN = 50;
const stranger = () => new Trouble("stranger");

/** The payload of a JWS, if a known key of this role signed it as this type; else a Trouble. */
export async function verified(jws, { type, role, keys }) {
  try {
    const header = decodeProtectedHeader(jws);
    const known = keys.find((key) => key.kid === header.kid && key.role === role);
    if (!known) throw new Trouble("stranger", { unknownKey: true });
    if (header.typ !== type) throw stranger();
    const { payload } = await compactVerify(jws, await importJWK(known.jwk, "ES256"), { algorithms: ["ES256"] });
    return JSON.parse(fromUtf8(payload));
  } catch (error) {
    throw error instanceof Trouble ? error : stranger();
  }
}

/** Ask who is there. Only the office's server can sign our nonce; without known keys, only the form is looked at. */
export async function ping({ keys, fingerprint = null }) {
  const mine = nonce();
  const { body } = await call("GET", `/ping?nonce=${mine}`);
  if (typeof body?.ping !== "string") throw stranger();
  if (!keys) {
    try {
      if (fingerprint && decodeProtectedHeader(body.ping).kid !== fingerprint) throw stranger();
    } catch {
      throw stranger();
    }
    return { jws: body.ping, epoch: null, offsetMs: null };
  }
  const { said, keys: known } = await believed(body, keys);
  if (said.nonce !== mine) throw stranger();
  return { jws: body.ping, epoch: said.epoch, offsetMs: Date.parse(said.time) - Date.now(), keys: known };
}

/** A server that renewed its key while the tablet was away is believed if our key has signed the new one. */
async function believed({ ping: jws, key_chain: chain }, keys) {
  const asPing = { type: "jb-ping+jws", role: "server" };
  try {
    return { said: await verified(jws, { ...asPing, keys }), keys };
  } catch (error) {
    if (!error.unknownKey || !Array.isArray(chain)) throw error;
    const known = await widened(keys, chain.slice(-LONGEST_CHAIN));
    return { said: await verified(jws, { ...asPing, keys: known }), keys: known };
  }
}

async function isThumbprint(key) {
  return (await calculateJwkThumbprint(key.jwk, "sha256")) === key.kid;
}

/** First words of a server after pairing: trust the key of the QR code, or the first one seen. */
export async function firstTrust(jws, fingerprint) {
  try {
    const kid = decodeProtectedHeader(jws).kid;
    if (fingerprint && kid !== fingerprint) throw stranger();
    const claimed = JSON.parse(fromUtf8(Uint8Array.from(atob(unpadded(jws.split(".")[1])), (c) => c.charCodeAt(0))));
    const key = claimed.server_keys.find((one) => one.kid === kid && one.role === "server");
    if (!key || !(await isThumbprint(key))) throw stranger();
    return await verified(jws, { type: "jb-me+jws", role: "server", keys: [key] });
  } catch (error) {
    throw error instanceof Trouble ? error : stranger();
  }
}

const unpadded = (text) => text.replaceAll("-", "+").replaceAll("_", "/");

/** Server keys grow only by a key that one of ours has signed, link by link. */
export async function widened(keys, chain) {
  let known = keys;
  let grown = true;
  while (grown) {
    grown = false;
    for (const jws of chain) {
      const link = await verified(jws, { type: "jb-key+jws", role: "server", keys: known }).catch(() => null);
      if (!link || known.some((one) => one.kid === link.kid)) continue;
      const { kid, role, jwk } = link;
      if (!(await isThumbprint({ kid, jwk }))) continue;
      known = [...known, { kid, role, jwk }];
      grown = true;
    }
  }
  return known;
}

/** A receipt is believed only if it names this very manifest, this capture and this tablet. */
export async function receipt(jws, { kind, capture, manifestSha256, device, keys }) {
  const role = kind === "verified" ? "worker" : "server";
  const said = await verified(jws, { type: "jb-receipt+jws", role, keys });
  const mine = said.kind === kind && said.capture === capture && said.device === device;
  if (!mine || said.manifest_sha256 !== manifestSha256) throw stranger();
  return said;
}

export const manifestDigest = (manifest) => sha256(utf8(manifest));
