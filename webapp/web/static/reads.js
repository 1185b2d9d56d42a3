// What has been read is remembered on this phone only; "Read to me" shows where there is a voice.
const MARKS = "thaw-read";
const marks = () => { try { return JSON.parse(localStorage[MARKS] ?? "[]"); } catch { return []; } };
const own = document.querySelector("form[data-topic]");
own?.addEventListener("submit", () => {
  try { localStorage[MARKS] = JSON.stringify([...new Set([...marks(), own.dataset.topic])]); } catch { /* a full or closed store: the page works all the same */ }
});
const read = new Set(marks());
const lines = [...document.querySelectorAll("li[data-topic]")];
for (const line of lines) {
  if (!read.has(line.dataset.topic)) continue;
  line.classList.add("done");
  line.querySelector(".done-words")?.removeAttribute("hidden");
}
for (const next of read.size ? document.querySelectorAll("[data-next]") : []) {
  const here = next.dataset.next.split(" ");
  const rest = lines.find((line) => here.includes(line.dataset.topic) && !line.classList.contains("done"));
  if (rest) next.querySelector("a").replaceWith(rest.querySelector("a").cloneNode(true));
  else next.hidden = true;
}
const box = document.querySelector("[data-listen]");
if (box && "speechSynthesis" in window) {
  const show = () => { box.hidden = !speechSynthesis.getVoices().some((one) => one.lang.toLowerCase().startsWith(box.dataset.lang)); };
  show();
  speechSynthesis.addEventListener("voiceschanged", show);
  box.querySelector("button").addEventListener("click", async () => (await import(box.dataset.listen)).start(box), { once: true });
}
