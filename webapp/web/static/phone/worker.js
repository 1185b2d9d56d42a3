// The service worker: what this site does when there is no network.
//
// It touches four kinds of address and leaves every other one alone: our own versioned files, the
// public pages to read, the check-in's form, and the sending of it. The clinic's side, the diary and
// whatever else is personal never pass through it. A page is only ever kept if the server says that
// it is public; the check-in's form is sealed in the box instead.
import * as blank from "./blank.js";
import * as box from "./box.js";
import * as queue from "./queue.js";

const FILES = `files ${new URL(import.meta.url).pathname}`; // this version's own files
const SHELL = "shell";
const PAGES = "pages";
const OWN = ["page", "form", "kept", "forget", "offer", "blank", "queue", "box"];
const OLDEST = 7 * 24 * 3_600_000; // a passage may have been mended since: a copy lasts a week
const MOST = 80;
const PATIENCE = 8_000; // milliseconds until what the phone has is shown instead
const LONG_PATIENCE = 20_000;

const LANGUAGE = "([a-z]{2,3}(?:-[A-Za-z]+)?)";
const FORM = new RegExp(`^/${LANGUAGE}/check-in(?:/([A-Za-z0-9]{16,64}))?$`);
const KEPT = new RegExp(`^/${LANGUAGE}/check-in/kept$`);
const READING = new RegExp(`^/${LANGUAGE}/(?:topics/.*)?$`);
const OURS = /^\/phone\/|^\/static\/.*[?&]v=/;
const LEAVING = /\/(forget|leave)$/;

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (leaving || url.origin !== location.origin) return;
  if (request.method === "POST" && LEAVING.test(url.pathname))
    return event.waitUntil(leave(request.clone(), url));
  const answer = answerTo(event, url);
  if (answer) event.respondWith(answer);
  if (request.mode === "navigate" && !LEAVING.test(url.pathname))
    event.waitUntil(queue.send({ at_once: true }).catch(() => {}));
});
self.addEventListener("sync", (event) => event.waitUntil(sendAll()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data));
});

// "Let this phone forget", also where it was tapped before the page's own script had come: nothing
// that is asked from then on is kept.
let leaving = false;

async function leave(request, url) {
  leaving = url.pathname.endsWith("/forget") || (await request.formData()).has("phone");
  if (!leaving) return;
  for (const name of await caches.keys()) await caches.delete(name);
  await box.destroy();
  await registration.unregister();
}

function answerTo(event, url) {
  const { method, mode } = event.request;
  if (method === "GET" && OURS.test(url.pathname + url.search)) return ours(event.request);
  if (mode !== "navigate") return undefined;
  const form = url.pathname.match(FORM);
  if (form)
    return method === "POST" ? sending(event, form[1]) : opening(event, form[1], form[2]);
  if (method !== "GET") return undefined;
  if (KEPT.test(url.pathname)) return shell(event, url);
  return READING.test(url.pathname) ? reading(event, url) : undefined;
}

// A new version takes over only with all its files, and with pages that name them.
async function prepare() {
  const files = await caches.open(FILES);
  await files.addAll(OWN.map((name) => new URL(`${name}.js`, import.meta.url)));
  const shell = await caches.open(SHELL);
  for (const old of await shell.keys()) await shell.add(new Request(old.url, { cache: "reload" }));
  await self.skipWaiting();
}

async function begin() {
  for (const name of await caches.keys())
    if (![FILES, SHELL, PAGES].includes(name)) await caches.delete(name);
  await clients.claim();
}

// Our own files carry their version in the address, so that a copy is never out of date.
async function ours(request) {
  const found = await caches.match(request);
  if (found) return found;
  const fresh = await fetch(request);
  if (fresh.ok) await (await caches.open(FILES)).put(request, fresh.clone());
  return fresh;
}

function inTime(fresh, patience) {
  return Promise.race([
    fresh,
    new Promise((_, fail) => setTimeout(() => fail(new Error("no answer")), patience)),
  ]);
}

const isPublic = (reply) =>
  reply.status === 200 && !reply.redirected && /\bpublic\b/.test(reply.headers.get("Cache-Control"));

// What a visitor reads: new while there is a network, the copy of the last week when there is none.
async function reading(event, url) {
  const fresh = fetch(event.request);
  try {
    const reply = await inTime(fresh, PATIENCE);
    if (reply.status >= 500) throw new Error("not served");
    if (isPublic(reply)) event.waitUntil(keepPage(url.pathname, reply.clone()));
    return reply;
  } catch {
    const copy = await lately(await caches.match(url.pathname));
    return copy ?? fresh.catch(() => without(url));
  }
}

async function keepPage(path, page) {
  const pages = await caches.open(PAGES);
  await pages.delete(path); // so that the newest stand last
  await pages.put(path, page);
  for (const old of (await pages.keys()).slice(0, -MOST)) await pages.delete(old);
}

async function lately(copy) {
  const at = Date.parse(copy?.headers.get("Date"));
  return at > Date.now() - OLDEST ? copy : undefined;
}

// The page that tells what waits here. It holds nothing of anybody: what waits is read by its script.
async function shell(event, url) {
  const copy = await caches.match(url.pathname);
  const fresh = fetch(event.request).then(async (page) => {
    if (isPublic(page)) await (await caches.open(SHELL)).put(url.pathname, page.clone());
    return page;
  });
  if (!copy) return fresh;
  event.waitUntil(fresh.catch(() => {}));
  return copy;
}

// Nothing is kept of that page: say what is here instead.
async function without(url) {
  const language = url.pathname.split("/")[1];
  const shell = await caches.open(SHELL);
  const copy = await shell.match(`/${language}/check-in/kept`);
  return copy ?? (await shell.matchAll())[0] ?? Response.error();
}

async function opening(event, language, token) {
  const fresh = fetch(event.request);
  try {
    const reply = await inTime(fresh, PATIENCE);
    if (reply.status < 500) return reply;
  } catch {
    // as below
  }
  const shell = await caches.open(SHELL);
  const [like] = await shell.matchAll();
  const html = like && (await blank.open(language, token).catch(() => undefined));
  if (html === undefined) return fresh.catch(() => without(new URL(event.request.url)));
  fresh.catch(() => {});
  if (token !== undefined) return Response.redirect(`/${language}/check-in`, 303);
  return new Response(html, { headers: headersOf(like) });
}

// The same closed policy as any other page of ours.
function headersOf(like) {
  const named = ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
  const same = named.map((name) => [name, like.headers.get(name)]);
  return [...same, ["Content-Type", "text/html; charset=utf-8"], ["Cache-Control", "no-store"]];
}

// The answers are in the box before they leave, and stay there until the server has them.
async function sending(event, language) {
  const fields = [...new URLSearchParams(await event.request.clone().text())];
  const named = Object.fromEntries(fields);
  if (!named.submission_id || named.turn || named.link) return plainly(event, language);
  const id = named.submission_id;
  if (!(await queue.has(id).catch(() => true))) await queue.add(fields);
  try {
    const reply = await inTime(fetch(event.request), LONG_PATIENCE);
    const settled = await queue.heard(id, reply.type === "opaqueredirect" ? 303 : reply.status);
    return settled ? reply : waits(id, language);
  } catch {
    return waits(id, language);
  }
}

async function plainly(event, language) {
  try {
    return await fetch(event.request);
  } catch {
    return opening(event, language, undefined);
  }
}

async function waits(id, language) {
  await queue.release(id);
  await registration.sync?.register("check-in").catch(() => {});
  return Response.redirect(`/${language}/check-in/kept`, 303);
}

// The browser calls this when there is a network again, and once more later if it throws.
async function sendAll() {
  if ((await queue.send({ at_once: true })) > 0) throw new Error("still waiting");
}

// A message without a word about health: what it says was written by the server's own templates.
async function show(data) {
  const { title = "Thaw", body = "", navigate = "/", ...more } = data?.json().notification ?? {};
  const here = new URL(navigate, location.origin);
  const to = here.origin === location.origin ? here.href : location.origin;
  await registration.showNotification(title, {
    body: body.replace(/https?:\S+/g, "").trim(), // no link for others to read on a locked phone
    icon: "/static/icon-192.png",
    badge: "/static/badge.png",
    data: to,
    ...more,
  });
}
