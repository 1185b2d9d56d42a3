// A phone's own part is fetched only after the page can be read and answered. Without it, all works.
// Nor is it fetched once she has asked this phone to forget: it would settle in again.
const phone = document.querySelector("meta[name=phone]");
let leaving = false;
addEventListener("submit", ({ target }) => { leaving ||= "forget" in target.dataset; });
if (phone)
  addEventListener("load", () => setTimeout(() => leaving || import(phone.content), 100));
