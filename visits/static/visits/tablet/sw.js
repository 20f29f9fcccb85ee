/* global SHELL */
// Served at /sw.js behind a line `const SHELL = {version, files}`. Keeps the app's own files of one version
// together; what the API answers never enters a cache.
const CACHE = `jb-shell-${SHELL.version}`;
const MAP = "jb-map";
const FILES = new Set(SHELL.files);

self.addEventListener("install", (event) => {
  const fetched = SHELL.files.map((file) => new Request(file, { cache: "reload", redirect: "error", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fetched)));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("jb-shell-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

let opened = null; // once for all the files of a start

/** A file of this version; undefined where the browser cannot read it, and the next one asks anew. */
async function find(path) {
  try {
    const cache = await (opened ??= caches.open(CACHE));
    return await cache.match(path);
  } catch {
    opened = null;
    return undefined;
  }
}

async function shell(request, path) {
  return (await find(path)) ?? fetch(request);
}

/** The map of the regency: what is here at once, and a fresh one for the next time. */
async function mapData(request) {
  const cache = await caches.open(MAP);
  const held = await cache.match("/peta.json");
  const fresh = fetch(request).then(async (answer) => {
    const ours = answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json");
    if (ours) await cache.put("/peta.json", answer.clone());
    return answer;
  });
  if (!held) return fresh;
  fresh.catch(() => {});
  return held;
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || pathname.startsWith("/api/")) return;
  if (pathname === "/peta.json") event.respondWith(mapData(event.request));
  else if (FILES.has(pathname)) event.respondWith(shell(event.request, pathname));
});
