// Adds each turn to the open page. Without this file every answer is a page of its own.
const turns = document.getElementById("turns");
const main = document.getElementById("main");
const own = document.getElementById("ask");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-turn]") || form.getAttribute("aria-busy")) return;
  event.preventDefault();
  const sent = new FormData(form, event.submitter);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent), headers: { "X-Thaw-Turn": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.querySelector("article") ?? page.querySelector(".notice");
    if (!shown) throw new Error("nothing to show");
    show(shown, form, answer.ok);
  } catch {
    show(said(own.dataset.fail), form, false);
  } finally {
    form.removeAttribute("aria-busy");
  }
});

function show(shown, form, ok) {
  for (const old of document.querySelectorAll(".passing")) old.remove();
  if (!shown.matches("article")) shown.classList.add("passing");
  // Act-now words go above everything; what belongs to an answer stays beside it.
  if (shown.dataset.shown === "urgent") main.prepend(shown);
  else if (ok && form !== own && !form.matches(".choices")) form.replaceWith(shown);
  else turns.append(shown);
  if (ok && form === own) own.reset();
  shown.tabIndex = -1;
  shown.focus({ preventScroll: true });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  shown.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}

function said(words) {
  const box = document.createElement("div");
  box.className = "notice warn";
  box.role = "alert";
  box.textContent = words;
  return box;
}
