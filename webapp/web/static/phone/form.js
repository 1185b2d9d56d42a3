// The check-in's form on a phone: nothing that was tapped is lost, and yesterday can be said again.
import * as blank from "./blank.js";
import * as box from "./box.js";
import * as queue from "./queue.js";

const DAY = 24 * box.HOUR;
const ASKED = [["nrs_avg"], ["nrs_worst"], ["tablets"], ["sleep_trouble"], ["effects"]];

export async function answering() {
  const form = document.querySelector("form[data-day]");
  if (!form) return;
  const draft = await queue.nameOf(form.token.value);
  if (!form.hasAttribute("data-typed")) {
    if (form.dataset.from !== "phone") await keepBlank(form);
    await restore(form, draft);
  }
  follow(form, draft);
  turnByLink(form);
  count(form);
  await offerYesterday(form);
  say(form);
}

// The page as it was served: what is typed stands in no attribute, so that this copy is blank.
function keepBlank(form) {
  const html = `<!doctype html>${document.documentElement.outerHTML}`;
  return blank.keep(document.documentElement.lang, html, {
    token: form.token.value,
    day: form.dataset.day,
  });
}

async function restore(form, draft) {
  const kept = await box.get("draft", draft);
  if (!kept) return;
  fill(form, kept.fields);
  show("restored");
}

const boxes = "input[type=radio], input[type=checkbox]";

// Puts fields back where they were; what was empty becomes empty again.
export function fill(form, fields) {
  const typed = new URLSearchParams(fields);
  for (const field of form.querySelectorAll("[name]")) {
    if (field.matches(boxes)) field.checked = typed.getAll(field.name).includes(field.value);
    else if (field.name !== "token" && field.name !== "asked" && !field.matches("button"))
      field.value = typed.get(field.name) ?? field.value;
  }
  for (const ticked of form.querySelectorAll("details :checked")) {
    const folded = ticked.closest("details");
    if (ticked.name === "effects") folded.open = true;
  }
}

const fieldsOf = (form) => [...new FormData(form)].map(([name, value]) => [name, String(value)]);

// Every tap is in the box before the next one; sending leaves through the queue.
function follow(form, draft) {
  let leaving = false;
  let kept = Promise.resolve(); // one after the other, so that the last tap is the last written
  const keep = () => box.put("draft", draft, { fields: fieldsOf(form) });
  form.addEventListener("input", () => {
    kept = kept.then(keep).catch(() => {});
    count(form);
  });
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name === "turn" || leaving) return;
    event.preventDefault();
    leaving = true;
    await kept;
    await queue.add(fieldsOf(form), await more(form)).catch(() => {}); // no box: sent as ever
    sessionStorage.setItem("sending", form.submission_id.value);
    form.submit();
  });
  addEventListener("pageshow", () => (leaving = false));
}

// With this script the languages at the top turn the form at once, as the buttons below it do.
function turnByLink(form) {
  for (const link of document.querySelectorAll(".langs a[hreflang]:not([aria-current])"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(`in-${link.hreflang}`).click();
    });
}

async function more(form) {
  const alarm = form.querySelector(".alarm :checked") !== null;
  const same = form.querySelector("[data-remember] input")?.checked;
  await box.put("setting", "same", Boolean(same));
  return { alarm, same: same ? { day: form.dataset.day, answers: queue.answersOf(fieldsOf(form)) } : undefined };
}

function count(form) {
  const bar = form.querySelector("[data-so-far]");
  const typed = new FormData(form);
  const done = ASKED.filter((names) => names.every((name) => typed.get(name))).length;
  bar.hidden = false;
  const progress = bar.querySelector("progress");
  progress.max = ASKED.length;
  progress.value = done;
}

// "Same as yesterday", question by question: only if this phone kept yesterday's answers.
async function offerYesterday(form) {
  const remember = form.querySelector("[data-remember]");
  remember.hidden = false;
  remember.querySelector("input").checked = (await box.get("setting", "same")) ?? false;
  const kept = await box.get("yesterday", "answers");
  if (!kept || Date.parse(form.dataset.day) - Date.parse(kept.day) !== DAY) return;
  for (const button of form.querySelectorAll("[data-same]")) offer(form, button, kept.answers);
  const last = form.querySelector("[data-none-send]");
  last.hidden = false;
  last.addEventListener("click", () => sendWithoutSigns(form));
}

// One tap that says two things, each in its words: none of these today, and send.
function sendWithoutSigns(form) {
  for (const sign of form.querySelectorAll("[name=effects]"))
    sign.checked = sign.hasAttribute("data-none");
  form.requestSubmit();
}

function offer(form, button, answers) {
  const names = button.dataset.same.split(" ");
  if (!names.some((name) => answers[name])) return;
  const words = button.textContent.replace(/\{(\w+)\}/g, (_, name) => spoken(form, name, answers[name]));
  button.textContent = words;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const name of names) answer(form, name, answers[name]);
    button.setAttribute("aria-pressed", "true");
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("change", ({ target }) => {
    if (names.includes(target.name)) button.setAttribute("aria-pressed", "false");
  });
}

// An answer in the form's own words: the label of a choice, or the number.
function spoken(form, name, value) {
  if (value === undefined) return "–";
  const chosen = form.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`);
  return chosen?.nextElementSibling?.firstChild.textContent.trim() ?? value;
}

function answer(form, name, value) {
  if (value === undefined) return;
  const field = form.elements[name];
  field.value = value; // a group of radio buttons takes it too
}

async function say(form) {
  if (form.dataset.from === "phone") show("from-phone");
  const waiting = (await queue.entries()).filter((one) => one.token === form.token.value && one.fields);
  if (waiting.length > 0) show("waiting-here");
}

function show(name) {
  document.querySelector(`[data-note=${name}]`).hidden = false;
}
