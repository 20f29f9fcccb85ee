// One loop: PUT the manifest, PUT what the server says is missing, PUT the manifest again. There is no
// place to lose: resume, retry and de-duplication come from the hashes.
import { Trouble, call } from "./api.js";
import { chunk, updateCapture } from "./outbox.js";
import { receipt } from "./server.js";
import { changed, state } from "./state.js";

const ROUNDS = 6;
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

/** Until the signed receipt is here. Throws a Trouble otherwise; the capture stays. */
export async function upload(row) {
  if (row.state === "sealed") await updateCapture(row.capture, { state: "uploading" });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { status, body } = await call("PUT", `/captures/${row.capture}`, {
        token: state.pairing.token,
        body: { manifest: row.manifest },
      });
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
  }
}

/** What the server says about captures that it holds. A verified receipt counts only if the worker signed it. */
export async function takeStatus(row, told) {
  const { verified } = told.receipts ?? {};
  if (told.state === "unknown" || told.state === "incomplete") {
    // The server was restored from an older day: offer it again.
    if (["stored", "verified"].includes(row.state)) await updateCapture(row.capture, { state: "sealed", serverState: "" });
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
}
