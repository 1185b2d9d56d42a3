// "Let this phone forget": all that is kept here goes before the server is even asked.
import * as box from "./box.js";
import { unsubscribe } from "./offer.js";

export function forgetting() {
  document.addEventListener("submit", async (event) => {
    const { target, submitter } = event;
    if (!target.hasAttribute("data-forget") || target.hasAttribute("data-forgotten")) return;
    event.preventDefault();
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
