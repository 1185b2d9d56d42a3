// Reads a page aloud with the browser's own voice, block by block. Loaded when somebody asks for it.
const speech = window.speechSynthesis;

export function start(box) {
  const [go, stop] = box.querySelectorAll("button");
  const blocks = [...document.querySelectorAll("article :is(h1, h2, h3, p, li:not(:has(p)))")].filter(
    (one) => one.checkVisibility() && !one.matches(".small") && !one.closest("details"),
  );
  let at = 0;
  let run = 0; // an utterance that was cut off must not start the next one
  const words = (name) => { go.lastChild.textContent = go.dataset[name]; };

  const say = () => {
    const mine = ++run;
    for (const one of blocks) one.classList.remove("aloud");
    const block = blocks[at];
    if (!block) return end();
    block.classList.add("aloud");
    const spoken = new SpeechSynthesisUtterance(block.textContent);
    spoken.lang = box.dataset.lang;
    spoken.rate = 0.9;
    spoken.onend = () => { if (mine === run) { at += 1; say(); } };
    speech.speak(spoken);
    words("pause");
    stop.hidden = false;
  };
  // Pausing cuts the block off and starts it again: many phones cannot pause a voice.
  const pause = () => { run += 1; speech.cancel(); words("on"); };
  const end = () => {
    run += 1;
    at = 0;
    speech.cancel();
    for (const one of blocks) one.classList.remove("aloud");
    words("listen");
    stop.hidden = true;
  };

  go.addEventListener("click", () => (speech.speaking ? pause() : say()));
  stop.addEventListener("click", () => { end(); go.focus(); });
  addEventListener("pagehide", end);
  say();
}
