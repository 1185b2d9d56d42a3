// What a patient's page does beyond reading and sending: begins after the page has loaded.
//
// Each part looks for its own place on the page and does nothing where it is not.
import { answering } from "./form.js";
import { forgetting } from "./forget.js";
import { listing } from "./kept.js";
import { offering } from "./offer.js";
import * as queue from "./queue.js";

const said = (name) => document.querySelector(`meta[name=${name}]`).content;
const kept = said("phone-kept");

// The worker, and what the pages need where there is no network.
async function settleIn() {
  if (!("serviceWorker" in navigator)) return;
  const how = { type: "module", updateViaCache: "none" };
  await navigator.serviceWorker.register("/worker.js", how);
  await navigator.serviceWorker.ready;
  const shell = await caches.open("shell");
  if (!(await shell.match(kept))) await shell.add(kept);
}

const settled = Promise.allSettled([answering(), listing(), settleIn()]);
forgetting(settled);
offering();
const found = await settled;
for (const one of found) if (one.status === "rejected") console.info(one.reason);

// How the app is called and looks when it is installed: nothing that is read or answered needs it.
const manifest = document.createElement("link");
manifest.rel = "manifest";
manifest.href = said("phone-manifest");
document.head.append(manifest);

const sending = sessionStorage.getItem("sending");
if (sending && location.pathname.endsWith("/check-in/thanks")) {
  sessionStorage.removeItem("sending");
  await queue.acknowledge(sending).catch(() => {});
}
const send = () => queue.send({ at_once: true }).then(listing, () => {});
addEventListener("online", send);
send();
