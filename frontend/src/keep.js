// Nothing typed is lost: long forms are kept in this tab while they are filled in, and laid out again when
// the session ended, the connection broke or the page was reloaded. Passwords, files and id numbers are never kept.

const PREFIX = "kept:";
const NEVER = /password|id_number|cccd|cmnd|csrf/i;

/**
 * Forms with data-keep are kept under their address and id. States of what is kept:
 * "typing" while being filled in, "sent" once sent, "held" when the answer was not success (sign-in page, error page).
 */
export function keepTyped() {
  const owner = document.body.dataset.user ?? "";
  const forms = [...document.querySelectorAll("form[data-keep]")];
  if (document.body.hasAttribute("data-hold")) {
    each((key, kept) => kept.state === "sent" && write(key, { ...kept, state: "held" }));
    return;
  }
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  each((key, kept) => {
    if (kept.owner !== owner || (kept.state === "sent" && !back)) sessionStorage.removeItem(key);
  });
  fillFromServer(forms);
  for (const form of forms) keepForm(form, owner);
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("data-forget")) each((key) => sessionStorage.removeItem(key));
  });
}

function keepForm(form, owner) {
  const key = PREFIX + location.pathname + "#" + form.id;
  const kept = read(key);
  // A form that came back with its errors already holds what was typed.
  if (kept && !form.querySelector("[aria-invalid=true]") && fill(form, kept.typed)) tell(form, key);
  let timer;
  const save = (state) => write(key, { owner, state, typed: typed(form), at: Date.now() });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save("typing"), 400);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!event.defaultPrevented) save("sent");
  });
}

/** What the server kept of a form that was sent after the session had ended stands in a JSON block. */
function fillFromServer(forms) {
  const block = document.getElementById("kept-form");
  if (!block || !forms.length) return;
  const typed = JSON.parse(block.textContent);
  const form = forms.find((f) => Object.keys(typed).some((name) => f.elements[name])) ?? forms[0];
  if (fill(form, typed)) tell(form);
}

/** Values by name, those that may be kept. */
function typed(form) {
  const values = {};
  for (const field of form.elements) {
    if (!mayKeep(field)) continue;
    values[field.name] ??= [];
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) values[field.name].push(field.value);
    } else if (field.multiple) {
      values[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    } else values[field.name].push(field.value);
  }
  return values;
}

function mayKeep(field) {
  return (
    field.name &&
    !["password", "file", "hidden", "submit", "button", "fieldset"].includes(field.type) &&
    !NEVER.test(field.name) &&
    !field.closest("[data-never-keep]")
  );
}

/** Lays values out; says whether anything differed from what stood there. */
function fill(form, values) {
  let changed = false;
  const used = {};
  for (const field of form.elements) {
    const kept = values[field.name];
    if (!kept || !mayKeep(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      const on = kept.includes(field.value);
      changed ||= on !== field.checked;
      field.checked = on;
    } else if (field.multiple) {
      for (const option of field.options) option.selected = kept.includes(option.value);
    } else {
      const value = kept[(used[field.name] = (used[field.name] ?? -1) + 1)] ?? "";
      changed ||= value !== field.value;
      field.value = value;
    }
  }
  return changed;
}

/** Says that the form was laid out again; the way back to the stored values is beside it. */
function tell(form, key) {
  const words = document.body.dataset;
  const notice = document.createElement("div");
  notice.className = "notice wait";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = words.wordKept;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button";
  drop.textContent = words.wordDrop;
  drop.addEventListener("click", () => {
    form.reset();
    if (key) sessionStorage.removeItem(key);
    notice.remove();
  });
  const body = document.createElement("div");
  body.className = "stack";
  body.append(text, drop);
  notice.append(document.createElement("span"), body);
  form.prepend(notice);
}

function each(act) {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) act(key, read(key) ?? {});
  } catch {
    // A browser that keeps nothing: nothing to do.
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the form still works.
  }
}
