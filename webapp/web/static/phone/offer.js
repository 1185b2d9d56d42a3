// Messages on this phone: asked for in plain words, only where the browser has them.
const API = "/api/v1/push-subscriptions";

export async function offering() {
  const place = document.querySelector("[data-push]");
  if (!place || !("PushManager" in window) || Notification.permission === "denied") return;
  const worker = await navigator.serviceWorker?.ready;
  if (await worker.pushManager.getSubscription()) return;
  const key = place.dataset.push;
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => subscribe(place, worker, key));
}

async function subscribe(place, worker, key) {
  const asked = place.querySelector("button");
  asked.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return say(place, "refused");
    const own = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const stored = await tell("POST", { subscription: own.toJSON() });
    if (!stored.ok) throw new Error(stored.status);
    say(place, "done");
  } catch {
    asked.disabled = false;
    say(place, "failed");
  }
}

function say(place, name) {
  for (const words of place.querySelectorAll("[data-said]")) words.hidden = words.dataset.said !== name;
}

const tell = (method, body) =>
  fetch(API, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

// No more messages here: the phone lets go of its address, and the server is told if it can be.
export async function unsubscribe() {
  const worker = await navigator.serviceWorker?.getRegistration();
  const own = await worker?.pushManager?.getSubscription();
  if (!own) return;
  await own.unsubscribe();
  await tell("DELETE", { endpoint: own.endpoint });
}
