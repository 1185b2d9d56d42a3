// A phone's own part is fetched only after the page can be read and answered. Without it, all works.
const phone = document.querySelector("meta[name=phone]");
if (phone) addEventListener("load", () => setTimeout(() => import(phone.content), 100));
