// "Simpan ke berkas": the same sealed bytes and signed manifests in one file, for the day without a network.
import { utf8 } from "./ids.js";
import * as outbox from "./outbox.js";
import { state } from "./state.js";
import { zip } from "./zip.js";

export async function bundle() {
  const files = [];
  for (const row of await outbox.captures()) {
    if (row.state === "erased") continue;
    files.push([`captures/${row.capture}/manifest.jws`, utf8(row.manifest)]);
    for (const hash of row.chunks) files.push([`captures/${row.capture}/${hash}`, await outbox.chunk(row.capture, hash)]);
  }
  const events = (await outbox.events()).map(outbox.bare); // whoever finds the file reads nothing about anybody
  files.push(["events.json", utf8(JSON.stringify({ device: state.pairing.device, events }))]);
  return zip(files);
}

export async function exportOutbox() {
  const address = URL.createObjectURL(await bundle());
  const link = document.createElement("a");
  link.href = address;
  link.download = `jemput-bola-${state.pairing.device.slice(-6)}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
