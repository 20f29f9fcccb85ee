// Trusted types: the page's one policy. The server's CSP refuses every string that would become markup
// or a script's address; these two are all that we and Leaflet (its feature test) ever need.
const MARKUP = new Set(["<svg/>"]);

export const WORKER_ADDRESS = "/sw.js";

if (globalThis.trustedTypes) {
  globalThis.trustedTypes.createPolicy("default", {
    createHTML: (text) => (MARKUP.has(text) ? text : null),
    createScriptURL: (address) => (address === WORKER_ADDRESS ? address : null),
    createScript: () => null,
  });
}
