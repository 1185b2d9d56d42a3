// "None of these" and the other ticks clear each other. Without this file the server asks.
for (const list of document.querySelectorAll("[data-ticks]")) {
  const none = list.querySelector("[data-none]");
  list.addEventListener("change", ({ target }) => {
    if (!target.checked) return;
    for (const box of list.querySelectorAll("input[type=checkbox]"))
      if ((target === none) !== (box === none)) box.checked = false;
  });
}
