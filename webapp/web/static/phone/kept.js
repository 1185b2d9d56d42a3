// The page that tells what waits on this phone: waiting, sent, seen, or why it cannot be sent.
import * as queue from "./queue.js";

const LONGEST_TIMER = 60_000;
const seen = new Map(); // receipts that the team has looked at, so that each is asked for seldom
let timer;

export async function listing() {
  const list = document.querySelector("[data-kept]");
  if (!list) return;
  const entries = await queue.entries();
  await Promise.all(entries.filter((one) => one.state === "sent").map(askSeen));
  list.replaceChildren(...entries.map((one) => line(list, one)));
  const waiting = entries.filter((one) => one.state === "waiting");
  mark("nothing", entries.length === 0);
  mark("waiting", waiting.length > 0);
  mark("alarm", waiting.some((one) => one.alarm));
  await readable();
  again(waiting);
}

function mark(name, on) {
  document.querySelector(`[data-when=${name}]`).hidden = !on;
}

// Comes back when the next try is due.
function again(waiting) {
  clearTimeout(timer);
  if (waiting.length === 0) return;
  const next = Math.min(...waiting.map((one) => one.next)) - Date.now();
  timer = setTimeout(
    () => queue.send().then(listing, listing),
    Math.min(Math.max(next, 500), LONGEST_TIMER),
  );
}

function line(list, entry) {
  const state = entry.state === "sent" && seen.get(entry.id) ? "seen" : entry.state;
  const row = document.querySelector(`template[data-state=${state}]`).content.cloneNode(true);
  const at = row.querySelector("time");
  const when = { dateStyle: "long", timeStyle: "short", numberingSystem: "latn" };
  const say = new Intl.DateTimeFormat(document.documentElement.lang, when);
  at.dateTime = entry.answered_at;
  at.textContent = say.format(new Date(entry.answered_at));
  const team = row.querySelector("time[data-seen]");
  if (team && seen.get(entry.id)) team.textContent = say.format(new Date(seen.get(entry.id)));
  for (const field of row.querySelectorAll("[name=token], [name=receipt]")) field.value = entry[field.name];
  row.querySelector("[data-again]")?.addEventListener("click", () =>
    queue.send({ at_once: true }).then(listing, listing),
  );
  row.querySelector("[data-dismiss]")?.addEventListener("click", () =>
    queue.forget(entry.id).then(listing),
  );
  return row;
}

async function askSeen(entry) {
  if (seen.get(entry.id) || !entry.receipt) return;
  try {
    const reply = await fetch("/api/v1/check-ins/seen", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({ token: entry.token, report_id: entry.receipt }),
    });
    if (reply.ok) seen.set(entry.id, (await reply.json()).seen_at);
  } catch {
    // it is sent; whether it is seen is asked the next time
  }
}

// The pages that can be read here without a network.
async function readable() {
  const list = document.querySelector("[data-readable]");
  const language = document.documentElement.lang;
  const pages = await (await caches.open("pages")).keys();
  const paths = pages.map((one) => new URL(one.url).pathname);
  const topics = paths.filter((path) => path.startsWith(`/${language}/topics/`) && !path.endsWith("/"));
  const lines = await Promise.all(topics.map(linkTo));
  list.replaceChildren(...lines);
  list.parentElement.hidden = lines.length === 0;
}

async function linkTo(path) {
  const html = await (await caches.match(path)).text();
  const title = new DOMParser().parseFromString(html, "text/html").querySelector("h1");
  const link = document.createElement("a");
  link.href = path;
  link.textContent = title.textContent;
  const row = document.createElement("li");
  row.append(link);
  return row;
}
