// First everything at once, while the line is good. Then, and after any cut, one loop: PUT the manifest, PUT what the
// server says is missing, PUT the manifest again. There is no place to lose: resume, retry and de-duplication come from
// the hashes.
import { Trouble, call } from "./api.js";
import { utf8 } from "./ids.js";
import { chunk, updateCapture } from "./outbox.js";
import { receipt } from "./server.js";
import { changed, state } from "./state.js";

const ROUNDS = 6;
const WHOLE_CHUNKS = 16; // 4 MiB; of more it is good to see how far it is, and a cut would cost much
const NO_WHOLE = ["not-found", "method-not-allowed", "bad-request", "too-large"]; // what an older server says
export const progress = new Map(); // capture -> [sent, all]

async function believe(row, jws, kind) {
  if (typeof jws !== "string") throw new Trouble("stranger");
  const { device, keys } = state.pairing;
  await receipt(jws, { kind, capture: row.capture, manifestSha256: row.manifestSha256, device, keys });
}

async function sendMissing(row, missing) {
  const wanted = new Set(missing);
  const known = Array.isArray(missing) && missing.length > 0 && missing.every((hash) => row.chunks.includes(hash));
  if (!known) throw new Trouble("stranger");
  let sent = row.chunks.length - wanted.size;
  for (const hash of wanted) {
    progress.set(row.capture, [sent, row.chunks.length]);
    changed("progress");
    const bytes = await chunk(row.capture, hash);
    if (!bytes) throw new Error(`chunk ${hash} is not on this tablet`);
    try {
      await call("PUT", `/devices/me/blobs/${hash}`, { token: state.pairing.token, bytes });
    } catch (error) {
      // Only the server's own words; then the manifest asks again what is missing.
      if (!["not-found", "blob-differs"].includes(error.problem?.code)) throw error;
    }
    sent += 1;
  }
}

/** Manifest and chunks in one body, each after its length in four bytes. */
async function wholeBody(row) {
  const items = [utf8(row.manifest)];
  for (const hash of row.chunks) {
    const bytes = await chunk(row.capture, hash);
    if (!bytes) throw new Error(`chunk ${hash} is not on this tablet`);
    items.push(new Uint8Array(bytes));
  }
  const body = new Uint8Array(items.reduce((sum, item) => sum + 4 + item.length, 0));
  let at = 0;
  for (const item of items) {
    new DataView(body.buffer).setUint32(at, item.length);
    body.set(item, at + 4);
    at += 4 + item.length;
  }
  return body;
}

async function offer(row) {
  const { token } = state.pairing;
  return call("PUT", `/captures/${row.capture}`, { token, body: { manifest: row.manifest } });
}

/** The answer to the whole record; to its manifest alone where the server takes no whole ones. */
async function offerWhole(row) {
  progress.set(row.capture, [0, row.chunks.length]);
  changed("progress");
  try {
    return await call("PUT", `/captures/${row.capture}/parts`, { token: state.pairing.token, bytes: await wholeBody(row) });
  } catch (error) {
    if (!NO_WHOLE.includes(error.problem?.code)) throw error;
    return offer(row);
  }
}

/** Until the signed receipt is here. Throws a Trouble otherwise; the capture stays. */
export async function upload(row) {
  const whole = row.state === "sealed" && row.chunks.length <= WHOLE_CHUNKS; // once: after a cut, chunk by chunk
  if (row.state === "sealed") await updateCapture(row.capture, { state: "uploading" });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { status, body } = await (whole && round === 0 ? offerWhole(row) : offer(row));
      if (body?.capture !== row.capture) throw new Trouble("stranger");
      if (status === 202) {
        await sendMissing(row, body.missing);
      } else {
        await believe(row, body.receipt, "stored");
        const receipts = { ...row.receipts, stored: body.receipt };
        await updateCapture(row.capture, { state: "stored", receipts }, { sent: 1 });
        return;
      }
    }
    throw new Trouble("stranger");
  } finally {
    progress.delete(row.capture);
    changed("progress"); // who counted along sees that nothing is under way
  }
}

/** What the server says about captures that it holds. A verified receipt counts only if the worker signed it. */
export async function takeStatus(row, told) {
  const { verified } = told.receipts ?? {};
  if (told.state === "unknown" || told.state === "incomplete") {
    // The server was restored from an older day: offer it again.
    if (["stored", "verified"].includes(row.state)) await updateCapture(row.capture, { state: "sealed", serverState: "", backedUp: false });
    return;
  }
  if (verified && row.state !== "verified") {
    await believe(row, verified, "verified");
    const receipts = { ...row.receipts, verified };
    const change = { state: "verified", serverState: told.state, receipts, verifiedAt: Date.now() };
    await updateCapture(row.capture, change);
  } else if (typeof told.state === "string" && told.state !== row.serverState) {
    await updateCapture(row.capture, { serverState: told.state });
  }
  if (told.backed_up === true && !row.backedUp) await updateCapture(row.capture, { backedUp: true });
}
