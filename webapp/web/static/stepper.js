// Plus, minus and the usual numbers for a number field. Without this file it still takes a typed one.
for (const box of document.querySelectorAll("[data-stepper]")) {
  const field = box.querySelector("input");
  for (const part of box.querySelectorAll("[hidden]")) part.hidden = false;
  box.addEventListener("click", ({ target }) => {
    const { by, set } = target.dataset;
    if (set) field.value = set;
    else if (!by) return;
    else if (field.value === "") field.value = field.min || "0";
    else if (by < 0) field.stepDown();
    else field.stepUp();
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  });
}
