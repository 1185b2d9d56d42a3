// Answers on their way: kept on the phone until the server has them, sent once whatever happens.
//
// Each set of answers carries the id that its form was given when it opened, and the server answers
// the same id the same. So sending again is always safe, and nothing is wiped before the server has
// said that it is stored.
import * as box from "./box.js";

const WAITING = "waiting";
const HELD = 20_000; // milliseconds in which the page's own sending may still be under way
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 15 * 60_000;
const PATIENCE = 20_000;
const KIND = "answers";
const LINE = "line"; // what became of answers that are no longer here
const UNITS = "temperature_unit";
const ITEMS = ["nrs_avg", "nrs_worst", "tablets", "sleep_trouble", "wakes", "temperature_c", "note"];

// What the answers say, as the API takes them; a form leaves out what nobody answered.
export function answersOf(fields) {
  const form = new URLSearchParams(fields);
  const answers = {};
  for (const name of ITEMS) if (form.get(name)) answers[name] = form.get(name);
  if (form.has("effects")) answers.effects = form.getAll("effects");
  if (form.get(UNITS) === "f" && answers.temperature_c)
    answers.temperature_c = celsius(answers.temperature_c);
  return answers;
}

// To a tenth, as the server turns it; what is no number goes as it is, and is refused in words.
function celsius(typed) {
  const number = Number(typed.replace(",", "."));
  return Number.isFinite(number) ? Math.round(((number - 32) * 50) / 9) / 10 : typed;
}

// Keeps a form's fields ([name, value] pairs) before anything is sent.
export async function add(fields, more = {}) {
  const form = new URLSearchParams(fields);
  const now = Date.now();
  const entry = {
    token: form.get("token"),
    fields,
    confirmed: form.has("asked"),
    answered_at: new Date(now).toISOString(),
    state: WAITING,
    tries: 0,
    next: now + HELD,
    ...more,
  };
  await box.put(KIND, form.get("submission_id"), entry);
}

export async function has(id) {
  return (await box.get(KIND, id)) !== undefined;
}

// Everything that is kept, oldest first. What nobody could send in 72 hours is wiped, and said.
export async function entries() {
  const found = await box.all(KIND);
  for (const one of found)
    if (one.until <= Date.now()) {
      await box.remove(KIND, one.id);
      if (one.value.state === WAITING) await say(one.id, one.value, "expired");
    }
  const rows = [...(await box.all(KIND)), ...(await box.all(LINE))];
  const kept = rows.map(({ id, value }) => ({ id, ...value }));
  return kept.sort((one, other) => one.answered_at.localeCompare(other.answered_at));
}

// Tries all that are due; `at_once` does not wait out a pause after a failure.
export function send({ at_once = false } = {}) {
  const run = () => sendDue(at_once);
  return navigator.locks ? navigator.locks.request("thaw-send", run) : run();
}

async function sendDue(at_once) {
  const due = (one) => one.next <= Date.now() || (at_once && one.tries > 0);
  for (const entry of await entries())
    if (entry.state === WAITING && due(entry)) await attempt(entry);
  return (await entries()).filter((one) => one.state === WAITING).length;
}

async function attempt(entry) {
  let reply;
  try {
    reply = await fetch("/api/v1/check-ins", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
      body: JSON.stringify({
        token: entry.token,
        submission_id: entry.id,
        answers: answersOf(entry.fields),
        answered_at: entry.answered_at,
        confirmed: entry.confirmed,
      }),
    });
    await settle(entry, reply.status, await reply.json());
  } catch {
    await pause(entry); // no network, or half an answer: ask again
  }
}

const REFUSALS = { 404: "unknown", 409: "early", 410: "closed", 413: "refused", 422: "refused" };

async function settle(entry, status, body) {
  if (status === 200 || status === 201) return stored(entry, body);
  if (body.errors?.some((one) => one.code === "reused")) return rename(entry);
  const said = REFUSALS[status];
  if (said === undefined) return pause(entry);
  return keep(entry, { state: said });
}

// The server has it: the answers go from the phone, and only what opens the advice stays a while.
async function stored(entry, body) {
  await acknowledge(entry.id, entry);
  await say(entry.id, entry, "sent", { token: entry.token, receipt: body.report_id });
}

// What the page's own sending was answered. True if that settles it, false if it still waits.
export async function heard(id, status) {
  if (status === 303) await acknowledge(id);
  else if (status === 422) await takeBack(id);
  else if (REFUSALS[status]) await keep({ id, ...(await box.get(KIND, id)) }, { state: REFUSALS[status] });
  else return false;
  return true;
}

// The page's own sending has failed, so that the queue may try from now on.
export async function release(id) {
  const entry = await box.get(KIND, id);
  if (entry?.fields) await pause({ id, ...entry });
}

// She changed what an earlier try had already stored: it goes as a correction, under its own id.
async function rename(entry) {
  const { id, ...value } = entry;
  await box.replace(KIND, id, crypto.randomUUID(), { ...value, next: 0 }, Date.now() + box.LONGEST);
}

async function pause(entry) {
  const tries = entry.tries + 1;
  const wait = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE);
  await keep(entry, { tries, next: Date.now() + wait });
}

async function keep({ id, ...value }, changes) {
  await box.change(KIND, id, { ...value, ...changes });
}

// Leaves a line that holds no answers.
async function say(id, { answered_at }, state, more = {}) {
  await box.put(LINE, id, { answered_at, state, ...more });
}

// The server has said that it is stored: wipe the answers, and what was typed.
export async function acknowledge(id, known) {
  const entry = known ?? (await box.get(KIND, id));
  if (!entry?.fields) return;
  if (entry.same) await box.put("yesterday", "answers", entry.same, Date.now() + 44 * box.HOUR);
  await box.remove(KIND, id);
  await box.remove("draft", await nameOf(entry.token));
}

// The server asks something before it stores: the answers are hers again, as a draft.
async function takeBack(id) {
  const entry = await box.get(KIND, id);
  if (!entry?.fields) return;
  await box.put("draft", await nameOf(entry.token), { fields: entry.fields });
  await box.remove(KIND, id);
}

export const forget = (id) => Promise.all([KIND, LINE].map((kind) => box.remove(kind, id)));

// A name for what belongs to a link, from which nobody can make the link.
export async function nameOf(token) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}
