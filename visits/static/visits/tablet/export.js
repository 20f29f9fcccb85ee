// "Simpan ke berkas": the same sealed bytes and signed manifests in one file, for the day without a network.
import { utf8 } from "./ids.js";
import * as outbox from "./outbox.js";
import { keep, state } from "./state.js";
import { zip } from "./zip.js";

/** Everything that this tablet still holds, or only one record with the reports of its home. */
export async function bundle(capture = null) {
  const files = [];
  const rows = (await outbox.captures()).filter((row) => row.state !== "erased" && (!capture || row.capture === capture));
  for (const row of rows) {
    files.push([`captures/${row.capture}/manifest.jws`, utf8(row.manifest)]);
    for (const hash of row.chunks) files.push([`captures/${row.capture}/${hash}`, await outbox.chunk(row.capture, hash)]);
  }
  const events = (await outbox.events()).filter((event) => !capture || event.visit === rows[0]?.visit);
  // whoever finds the file reads nothing about anybody
  files.push(["events.json", utf8(JSON.stringify({ device: state.pairing?.device ?? null, events: events.map(outbox.bare) }))]);
  return zip(files);
}

/** Who finds the file reads in its name which tablet, or which record, and no more. */
function handOut(content, name) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = `jemput-bola-${name}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** All of it; from here on the records made until now count as carried. */
export async function exportOutbox() {
  const made = (await outbox.captures()).map((row) => row.capture).sort();
  handOut(await bundle(), state.pairing?.device.slice(-6) ?? "terkunci");
  if (made.length) await keep({ choices: { ...state.choices, carriedTo: made.at(-1) } });
}

export const exportRecord = async (capture) => handOut(await bundle(capture), `rekaman-${capture.slice(-6)}`);
