// "Let this phone forget": all that is kept here goes before the server is even asked.
import * as box from "./box.js";
import { unsubscribe } from "./offer.js";

// `settled` resolves when the page has done with its own beginning: what is still being put on the
// phone cannot be taken off it. Nobody waits for that long.
const LONGEST_WAIT = 2_000; // milliseconds

export function forgetting(settled) {
  document.addEventListener("submit", async (event) => {
    const { target, submitter } = event;
    if (!target.hasAttribute("data-forget") || target.hasAttribute("data-forgotten")) return;
    event.preventDefault();
    await Promise.race([settled, new Promise((done) => setTimeout(done, LONGEST_WAIT))]);
    await forget();
    target.setAttribute("data-forgotten", "");
    target.requestSubmit(submitter); // the cookies are the server's to take back
  });
}

async function forget() {
  await unsubscribe().catch(() => {});
  const steps = [box.destroy(), ...(await emptied()), ...(await workers())];
  await Promise.allSettled(steps);
  sessionStorage.clear();
}

const emptied = async () => (await caches.keys()).map((name) => caches.delete(name));

async function workers() {
  const found = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  return found.map((one) => one.unregister());
}
