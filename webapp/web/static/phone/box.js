// The box: everything personal that this phone keeps, sealed, and each thing only until its time.
//
// AES-GCM with a key that WebCrypto never hands out: a copy of the disk is of no use without this
// browser. Each record is bound to its own name, so that one cannot be put in another's place.
export const HOUR = 3_600_000;
export const LONGEST = 72 * HOUR;

const NAME = "thaw";
const KEEP = "kept";
const KEYS = "keys";
let opening;

function open() {
  opening ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(KEYS);
      asked.result.createObjectStore(KEEP, { keyPath: ["kind", "id"] });
    };
    asked.onerror = () => {
      opening = undefined;
      fail(asked.error);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        opening = undefined;
      };
      done(asked.result);
    };
  });
  return opening;
}

// One transaction, done only when the disk has it: the browser may be killed a moment later.
async function inside(store, mode, act) {
  const opened = await open();
  return new Promise((done, fail) => {
    const change = opened.transaction(store, mode, { durability: "strict" });
    const asked = act(change.objectStore(store));
    change.oncomplete = () => done(asked?.result);
    change.onerror = change.onabort = () => fail(change.error);
  });
}

async function key() {
  const find = () => inside(KEYS, "readonly", (keys) => keys.get(NAME));
  const found = await find();
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  await inside(KEYS, "readwrite", (keys) => keys.add(made, NAME)).catch(() => {}); // another was first
  return find();
}

const bytes = (text) => new TextEncoder().encode(text);
const how = (kind, id, iv) => ({ name: "AES-GCM", iv, additionalData: bytes(`${kind}/${id}`) });

async function sealed(kind, id, value, until) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = bytes(JSON.stringify(value));
  const cipher = await crypto.subtle.encrypt(how(kind, id, iv), await key(), text);
  return { kind, id, until, iv, cipher };
}

async function opened(row) {
  const bound = how(row.kind, row.id, row.iv);
  const text = await crypto.subtle.decrypt(bound, await key(), row.cipher);
  return JSON.parse(new TextDecoder().decode(text));
}

// Keeps a value under a name until a moment (milliseconds), at most 72 hours from now.
export async function put(kind, id, value, until = Infinity) {
  const row = await sealed(kind, id, value, Math.min(until, Date.now() + LONGEST));
  await inside(KEEP, "readwrite", (kept) => kept.put(row));
}

// Puts a value in the place of another in one step, under a new name.
export async function replace(kind, before, id, value, until) {
  const row = await sealed(kind, id, value, until);
  await inside(KEEP, "readwrite", (kept) => (kept.delete([kind, before]), kept.put(row)));
}

// Changes what is kept without changing how long.
export async function change(kind, id, value) {
  const row = await inside(KEEP, "readonly", (kept) => kept.get([kind, id]));
  if (!row) return;
  const changed = await sealed(kind, id, value, row.until);
  await inside(KEEP, "readwrite", (kept) => kept.put(changed));
}

export async function get(kind, id) {
  const row = await inside(KEEP, "readonly", (kept) => kept.get([kind, id]));
  if (!row) return undefined;
  if (row.until > Date.now()) return opened(row);
  await remove(kind, id);
  return undefined;
}

// All that is kept of one kind, with its name and its time.
export async function all(kind) {
  const rows = await inside(KEEP, "readonly", (kept) => kept.getAll());
  const ours = rows.filter((row) => row.kind === kind);
  return Promise.all(
    ours.map(async (row) => ({ id: row.id, until: row.until, value: await opened(row) })),
  );
}

export const remove = (kind, id) => inside(KEEP, "readwrite", (kept) => kept.delete([kind, id]));

// Everything, and the key with it.
export function destroy() {
  return new Promise((done, fail) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onblocked = () => done();
    asked.onerror = () => fail(asked.error);
  });
}
