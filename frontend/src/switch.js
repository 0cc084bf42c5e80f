// The switch of the look: follow the system, light, dark.

/** Buttons with data-theme-choice="auto|light|dark" put the look on the page and remember it on this device. */
export function themeSwitch() {
  const buttons = [...document.querySelectorAll("[data-theme-choice]")];
  const show = () => {
    const now = document.documentElement.dataset.theme ?? "auto";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
  };
  for (const button of buttons) {
    button.closest("[hidden]")?.removeAttribute("hidden");
    button.addEventListener("click", () => {
      const choice = button.dataset.themeChoice;
      if (choice === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = choice;
      try {
        if (choice === "auto") localStorage.removeItem("theme");
        else localStorage.setItem("theme", choice);
      } catch {
        // Kept for this page only.
      }
      show();
    });
  }
  show();
}
