// The browser's own permission to reach this machine's other programs. Chromium has named it twice; a browser that names
// neither does not ask.
const NAMES = ["loopback-network", "local-network-access"];

async function findStatus() {
  for (const name of NAMES) {
    try {
      return await navigator.permissions.query({ name });
    } catch {
      // not known by this name here
    }
  }
  return null;
}

/** "granted", "denied", "prompt", or "unknown" where the browser has no such permission. */
export const readPermission = async () => (await findStatus())?.state ?? "unknown";

/** Calls `changed` when the permission is given or taken back. Gives the function that stops it. */
export function watchPermission(changed) {
  let status = null;
  let stopped = false;
  findStatus().then((found) => {
    if (stopped) return;
    status = found;
    status?.addEventListener("change", changed);
  });
  return () => {
    stopped = true;
    status?.removeEventListener("change", changed);
  };
}
