// The service worker keeps the app's own files, so that it opens without a network. A new version takes
// over only while nobody is recording, and touches no data.
import { WORKER_ADDRESS } from "./policy.js";

export async function startWorker(busy) {
  if (!navigator.serviceWorker) return;
  const hadWorker = Boolean(navigator.serviceWorker.controller);
  let reloading = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!hadWorker || reloading || busy()) return;
    reloading = true;
    location.reload();
  });
  try {
    const registration = await navigator.serviceWorker.register(WORKER_ADDRESS, { updateViaCache: "none" });
    const offer = () => {
      if (registration.waiting && !busy()) registration.waiting.postMessage("take-over");
    };
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", offer);
    });
    addEventListener("hashchange", () => setTimeout(offer, 500));
    offer();
  } catch (error) {
    console.warn("no service worker", error); // the app works without it, as long as there is a network
  }
}
