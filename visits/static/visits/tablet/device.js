// The tablet's own key, how it joins a team, and how it gets its token.
import { OLD_KEY } from "./adopt.js";
import { Trouble, call, clientNumber } from "./api.js";
import { lockBytes, unlockBytes } from "./box.js";
import { CompactSign, calculateJwkThumbprint } from "./lib.js";
import { utf8 } from "./ids.js";
import { firstTrust, ping, verified, widened } from "./server.js";
import { changed, keep, state } from "./state.js";
import { burn, databases, readRow, readTablet, writeTablet } from "./store.js";
import { onLock, openKey } from "./vault.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const PRIVATE = "device-key";
let held = null; // {privateKey, jwk}
onLock(() => {
  held = null;
});

/** The private key from its encrypted bytes, never to be read out by a script again. */
const signingKey = (bytes) => crypto.subtle.importKey("pkcs8", bytes, CURVE, false, ["sign"]);

async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { kty, crv, x, y };
}

async function freshKey() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const jwk = await publicJwk(pair);
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const row = { jwk, box: await lockBytes(PRIVATE, bytes) };
  await writeTablet(["keys"], (transaction) => transaction.objectStore("keys").put(row, "device"));
  const key = { jwk, privateKey: await signingKey(bytes) };
  bytes.fill(0);
  return key;
}

/** The key of a tablet from before the vault: the browser holds it, nobody can wrap it. */
async function oldKey() {
  if (!(await databases(OLD_KEY)).length) return null;
  const pair = await readRow(OLD_KEY, "device");
  return pair ? { jwk: await publicJwk(pair), privateKey: pair.privateKey } : null;
}

async function ownKey() {
  const row = await readTablet().get("keys", "device");
  if (!row) return null;
  const bytes = await unlockBytes(PRIVATE, row.box);
  const key = { jwk: row.jwk, privateKey: await signingKey(bytes) };
  bytes.fill(0);
  return key;
}

async function deviceKey() {
  openKey(); // not while the tablet is locked
  held ??= (await oldKey()) ?? (await ownKey()) ?? (await freshKey());
  return held;
}

/** Sign once; whoever needs the same words again keeps the string. */
export const sign = async (payload, header) => signWith(await deviceKey(), payload, header);

function signWith({ privateKey }, payload, { type, kid }) {
  return new CompactSign(utf8(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: type, kid })
    .sign(privateKey);
}

function kitName() {
  const android = /Android [\d.]+/.exec(navigator.userAgent)?.[0];
  return `Tablet (${android ?? navigator.platform ?? "?"})`.slice(0, 80);
}

async function join(code, { jwk: key }) {
  const words = { code, key, name: kitName(), client: clientNumber };
  const jws = await sign(words, { type: "jb-pairing+jws", kid: await calculateJwkThumbprint(key, "sha256") });
  return (await call("POST", "/devices", { body: { jws } })).body;
}

/** Join with a code. A lost answer is no harm: the same code and key are taken again. */
export async function pair({ code, fingerprint = null }) {
  await ping({ keys: null, fingerprint });
  let answer;
  try {
    answer = await join(code, await deviceKey());
  } catch (error) {
    if (error.problem?.code !== "conflict-key") throw error;
    held = await freshKey();
    answer = await join(code, held);
  }
  if (typeof answer?.me !== "string" || typeof answer.token !== "string") throw new Trouble("stranger");
  const me = await firstTrust(answer.me, fingerprint);
  if (me.device !== answer.device) throw new Trouble("stranger");
  await keep({
    pairing: { device: me.device, token: answer.token, epoch: me.epoch, keys: me.server_keys, revoked: false },
    me,
  });
}

const TOKEN = "jb-token+jws";

async function takeToken(key, words) {
  const jws = await signWith(key, words, { type: TOKEN, kid: state.pairing.device });
  const { body } = await call("POST", "/tokens", { body: { jws } });
  if (typeof body?.token !== "string") throw new Trouble("stranger");
  await keep({ pairing: { ...state.pairing, token: body.token } });
}

/** A new token after days away, by a fresh word of the server. */
export async function renewToken(ping) {
  const words = { device: state.pairing.device, ping };
  const key = await deviceKey();
  try {
    await takeToken(key, words);
  } catch (error) {
    const own = (await oldKey()) && (await ownKey());
    if (error.problem?.code !== "bad-signature" || !own) throw error;
    await takeToken(own, words); // the office has the new key; its answer was lost
    await forgetOldKey();
  }
}

async function forgetOldKey() {
  held = null;
  await burn(OLD_KEY);
}

/** The key of before the vault lay on the disk in clear: the office is told another one. What is signed with the
    old one has to be there first. */
export async function replaceOldKey(ping) {
  const old = await oldKey();
  if (!old || state.pairing.revoked) return;
  const fresh = (await ownKey()) ?? (await freshKey());
  const words = { device: state.pairing.device, ping };
  const proof = await signWith(fresh, words, { type: TOKEN, kid: await calculateJwkThumbprint(fresh.jwk, "sha256") });
  await takeToken(old, { ...words, key: fresh.jwk, proof });
  await forgetOldKey();
}

/** A revoked tablet only hands in; it is told so in words that the server has signed. */
async function believeRevocation(problem) {
  const said = await verified(problem.signed, { type: "jb-me+jws", role: "server", keys: state.pairing.keys });
  if (said.device !== state.pairing.device || said.wipe !== true) throw new Trouble("stranger");
  await writeTablet(["days"], (transaction) => transaction.objectStore("days").clear());
  const me = { ...state.me, events: said.events };
  await keep({ pairing: { ...state.pairing, revoked: true }, me, listing: null });
  changed("paired"); // another screen, whatever is open
}

export async function refreshMe() {
  const { pairing } = state;
  let body;
  try {
    ({ body } = await call("GET", "/me", { token: pairing.token }));
  } catch (error) {
    if (error.problem?.code === "device-revoked" && typeof error.problem.signed === "string") {
      await believeRevocation(error.problem);
    }
    throw error;
  }
  if (typeof body?.me !== "string") throw new Trouble("stranger");
  const me = await believed(body.me, pairing);
  await keep({ me, pairing: { ...pairing, keys: me.server_keys, revoked: false } });
}

async function believed(jws, pairing) {
  try {
    return await mine(jws, pairing, pairing.keys);
  } catch {
    // The server's key may have been renewed: its chain is inside the words that we cannot check yet.
    const chain = JSON.parse(atob(jws.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).key_chain ?? [];
    return mine(jws, pairing, await widened(pairing.keys, chain));
  }
}

async function mine(jws, pairing, keys) {
  const said = await verified(jws, { type: "jb-me+jws", role: "server", keys });
  if (said.device !== pairing.device) throw new Trouble("stranger");
  return said;
}
