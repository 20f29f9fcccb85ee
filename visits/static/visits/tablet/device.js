// The tablet's own key, how it joins a team, and how it gets its token.
import { Trouble, call, clientNumber } from "./api.js";
import { CompactSign, calculateJwkThumbprint } from "./lib.js";
import { utf8 } from "./ids.js";
import { firstTrust, ping, verified, widened } from "./server.js";
import { keep, state } from "./state.js";
import { readTablet, writeTablet } from "./store.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

async function freshKeys() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]); // the private half cannot be read out
  await writeTablet(["keys"], (transaction) => transaction.objectStore("keys").put(pair, "device"));
  return pair;
}

const deviceKeys = async () => (await readTablet().get("keys", "device")) ?? freshKeys();

async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { kty, crv, x, y };
}

/** Sign once; whoever needs the same words again keeps the string. */
export async function sign(payload, { type, kid }) {
  const { privateKey } = await deviceKeys();
  return new CompactSign(utf8(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: type, kid })
    .sign(privateKey);
}

function kitName() {
  const android = /Android [\d.]+/.exec(navigator.userAgent)?.[0];
  return `Tablet (${android ?? navigator.platform ?? "?"})`.slice(0, 80);
}

async function join(code, pair) {
  const key = await publicJwk(pair);
  const words = { code, key, name: kitName(), client: clientNumber };
  const jws = await sign(words, { type: "jb-pairing+jws", kid: await calculateJwkThumbprint(key, "sha256") });
  return (await call("POST", "/devices", { body: { jws } })).body;
}

/** Join with a code. A lost answer is no harm: the same code and key are taken again. */
export async function pair({ code, fingerprint = null }) {
  await ping({ keys: null, fingerprint });
  let answer;
  try {
    answer = await join(code, await deviceKeys());
  } catch (error) {
    if (error.problem?.code !== "conflict-key") throw error;
    answer = await join(code, await freshKeys());
  }
  if (typeof answer?.me !== "string" || typeof answer.token !== "string") throw new Trouble("stranger");
  const me = await firstTrust(answer.me, fingerprint);
  if (me.device !== answer.device) throw new Trouble("stranger");
  await keep({
    pairing: { device: me.device, token: answer.token, epoch: me.epoch, keys: me.server_keys, revoked: false },
    me,
  });
}

/** A new token after days away, by a fresh word of the server. */
export async function renewToken(pingJws) {
  const { device } = state.pairing;
  const jws = await sign({ device, ping: pingJws }, { type: "jb-token+jws", kid: device });
  const { body } = await call("POST", "/tokens", { body: { jws } });
  if (typeof body?.token !== "string") throw new Trouble("stranger");
  await keep({ pairing: { ...state.pairing, token: body.token } });
}

/** A revoked tablet only hands in; it is told so in words that the server has signed. */
async function believeRevocation(problem) {
  const said = await verified(problem.signed, { type: "jb-me+jws", role: "server", keys: state.pairing.keys });
  if (said.device !== state.pairing.device || said.wipe !== true) throw new Trouble("stranger");
  await writeTablet(["days"], (transaction) => transaction.objectStore("days").clear());
  await keep({ pairing: { ...state.pairing, revoked: true }, listing: null });
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
