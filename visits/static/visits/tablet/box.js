// What lies on the tablet about people (cached days, drafts) lies there encrypted. The data key is held
// by the browser and cannot be read out by a script.
import { fromUtf8, utf8 } from "./ids.js";
import { readTablet, writeTablet } from "./store.js";

let held = null;

async function dataKey() {
  if (held) return held;
  held = await readTablet().get("keys", "data");
  if (!held) {
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    held = await writeTablet(["keys"], async (transaction) => {
      const store = transaction.objectStore("keys");
      const other = await store.get("data"); // another tab may have been faster
      if (other) return other;
      await store.put(fresh, "data");
      return fresh;
    });
  }
  return held;
}

const bound = (name) => utf8(`jb-box:${name}`);

async function encrypt(name, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await dataKey();
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name) }, key, bytes);
  return { iv, bytes: new Uint8Array(text) };
}

async function decrypt(name, box) {
  const key = await dataKey();
  const algorithm = { name: "AES-GCM", iv: box.iv, additionalData: bound(name) };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, box.bytes));
}

export const lockJson = (name, value) => encrypt(name, utf8(JSON.stringify(value)));
export const unlockJson = async (name, box) => JSON.parse(fromUtf8(await decrypt(name, box)));
export const lockBytes = encrypt;
export const unlockBytes = decrypt;
