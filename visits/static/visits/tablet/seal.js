// A capture becomes ciphertext that only the office's worker can open, cut into chunks that are addressed
// by their own hash, and a manifest that this tablet signs once.
import { clientNumber } from "./api.js";
import { sign } from "./device.js";
import { sha256, utf8, uuid7, wallClock } from "./ids.js";
import { CompactEncrypt, importJWK } from "./lib.js";
import { manifestDigest } from "./server.js";
import { policy, state } from "./state.js";

async function sealPart({ name, bytes, capture, key }) {
  const recipient = await importJWK(key.jwk, "ECDH-ES+A256KW");
  const sealed = await new CompactEncrypt(bytes)
    .setProtectedHeader({
      alg: "ECDH-ES+A256KW",
      enc: "A256GCM",
      kid: key.kid,
      typ: "jb-part+jwe",
      jb_capture: capture,
      jb_part: name,
    })
    .encrypt(recipient);
  return utf8(sealed);
}

async function cut(bytes, chunkBytes) {
  const chunks = [];
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const piece = bytes.slice(from, from + chunkBytes);
    chunks.push([await sha256(piece), piece]);
  }
  return chunks;
}

/** `form` without capture and parts; `files` = {photo: Blob, signature: Blob}. Gives the row and chunks of the outbox. */
export async function sealCapture({ form, files, stop, day, officer, quality, position }) {
  const key = state.me.capture_keys[0];
  const chunkBytes = policy().chunk_bytes ?? 262_144;
  const capture = uuid7();
  const plain = {};
  const described = {};
  for (const [name, blob] of Object.entries(files)) {
    plain[name] = new Uint8Array(await blob.arrayBuffer());
    described[name] = { sha256: await sha256(plain[name]), size: plain[name].length, type: blob.type };
  }
  const content = { ...form, capture, visit: stop.visit, parts: described };
  const parts = [];
  const chunks = new Map();
  for (const [name, bytes] of Object.entries({ form: utf8(JSON.stringify(content)), ...plain })) {
    const sealed = await sealPart({ name, bytes, capture, key });
    const pieces = await cut(sealed, chunkBytes);
    for (const [hash, piece] of pieces) chunks.set(hash, piece);
    parts.push({ name, size: sealed.length, sha256: await sha256(sealed), chunks: pieces.map(([hash]) => hash) });
  }
  const manifest = await sign(
    {
      capture,
      device: state.pairing.device,
      visit: stop.visit,
      officer: officer.id,
      day: day.date,
      day_version: day.version,
      client: clientNumber,
      form_version: form.version,
      capture_key: key.kid,
      parts,
      quality,
      exceptions: form.exceptions.map((exception) => exception.what),
      clocks: { wall: wallClock(), since_ms: Math.round(performance.now()), offset_ms: state.choices.offsetMs ?? null },
      position,
    },
    { type: "jb-manifest+jws", kid: state.pairing.device },
  );
  const row = {
    capture,
    visit: stop.visit,
    position,
    manifest,
    manifestSha256: await manifestDigest(manifest),
    chunks: [...chunks.keys()],
    size: parts.reduce((sum, part) => sum + part.size, 0),
    madeAt: wallClock(),
    state: "sealed",
    serverState: "",
    receipts: {},
    parked: null,
  };
  return { row, chunks };
}
