// Plus and minus for a number field. Without this file the field still takes a typed number.
for (const box of document.querySelectorAll("[data-stepper]")) {
  const field = box.querySelector("input");
  for (const button of box.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (field.value === "") field.value = field.min || "0";
      else if (button.dataset.by < 0) field.stepDown();
      else field.stepUp();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
