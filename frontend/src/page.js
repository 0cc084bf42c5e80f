// Small things of a page: menus that close, buttons that print, copy the address, dismiss a message.

/** A menu (details.menu) closes on Escape, on a click outside, and when another one opens. */
export function menus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** On a narrow screen the row of a part's pages scrolls sideways: the present one is brought into view. */
export function present() {
  const here = document.querySelector(".subnav [aria-current]");
  const row = here?.closest("ul");
  if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

const actions = {
  print: () => window.print(),
  "copy-link": async (button) => {
    await navigator.clipboard.writeText(button.dataset.copyLink || location.href);
    const said = button.querySelector("[data-said]") ?? button;
    const before = said.textContent;
    said.textContent = button.dataset.done;
    setTimeout(() => (said.textContent = before), 2500);
  },
  dismiss: (button) => button.closest(".notice")?.remove(),
  "show-password": (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  },
};

/** A picture wider than its place can be scrolled by keyboard too. */
export function pictures() {
  const check = () => {
    for (const place of document.querySelectorAll(".figure-picture")) {
      if (place.scrollWidth > place.clientWidth + 1) place.tabIndex = 0;
      else place.removeAttribute("tabindex");
    }
  };
  check();
  window.addEventListener("resize", check);
  document.addEventListener("htmx:load", check);
}

/** Buttons with data-do="print|copy-link|dismiss|show-password" stay hidden until this runs: without it they could do nothing. */
export function tools() {
  for (const button of document.querySelectorAll("[data-do][hidden]")) button.hidden = false;
  document.addEventListener("htmx:load", (event) => {
    for (const button of event.target.querySelectorAll?.("[data-do][hidden]") ?? []) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    if (button) actions[button.dataset.do]?.(button);
  });
  // A select or date in a filter form marked data-auto sends the form when it changes.
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-auto]");
    if (form && !event.target.matches("input[type=search], input[type=text]")) form.requestSubmit();
  });
  document.addEventListener("allauth.error", () => document.getElementById("key-trouble")?.removeAttribute("hidden"));
  // A form is sent once: a second press of the button while the answer is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
