// The day's form on this phone, as it was served: blank, and open only to whoever may open it.
//
// Without a network it opens by its own link, or by the clean address within the half hour that the
// server's cookie would have lasted. A link of another day opens the same form, blank, for that day.
import * as box from "./box.js";

const HALF_AN_HOUR = box.HOUR / 2;
const KIND = "form";

// Keeps the form of a page as it was served. `token` and `day` are what stands in it.
export function keep(language, html, { token, day }) {
  return box.put(KIND, language, { html, token, day, at: Date.now() });
}

// The page for a link, or for the clean address if `token` is undefined; undefined if it may not.
export async function open(language, token) {
  const found = await find(language);
  if (!found) return undefined;
  const { id, value } = found;
  if (token === undefined && value.at < Date.now() - HALF_AN_HOUR) return undefined;
  const own = token === undefined || token === value.token;
  const day = own ? value.day : "";
  const html = filled(value.html, { token: token ?? value.token, day });
  if (token !== undefined) await keep(id, html, { token, day });
  return html;
}

async function find(language) {
  const forms = await box.all(KIND);
  const fresh = forms.filter((one) => one.until > Date.now());
  return fresh.find((one) => one.id === language) ?? fresh[0];
}

function filled(html, { token, day }) {
  const value = (name, text) => [new RegExp(`(name="${name}" value=")[^"]*`), `$1${text}`];
  const changes = [
    value("token", token),
    value("submission_id", crypto.randomUUID()),
    [/(data-day=")[^"]*/, `$1${day}`],
    [/(data-from=")[^"]*/, "$1phone"],
  ];
  return changes.reduce((page, [where, what]) => page.replace(where, what), html);
}
