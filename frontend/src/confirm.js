// Asks once more before what is hard to undo.

/** A form or button with data-confirm="question" asks it in a dialog; the yes button bears the words of the button. */
export function confirmFirst() {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const button = event.submitter;
      const question = button?.dataset.confirm ?? form.dataset.confirm;
      if (!question || form.dataset.confirmed) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question, button?.textContent.trim() || "OK", button?.classList.contains("danger")).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "1";
        form.requestSubmit(button?.form === form ? button : undefined);
      });
    },
    true,
  );
}

function ask(question, yes, danger) {
  const words = document.body.dataset;
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  const text = document.createElement("p");
  text.id = "confirm-question";
  text.textContent = question;
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(choice("yes", yes, danger ? "button danger" : "button main"), choice("no", words.wordBack, "button"));
  form.append(text, buttons);
  dialog.setAttribute("aria-labelledby", "confirm-question");
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}

function choice(value, words, look) {
  const button = document.createElement("button");
  button.value = value;
  button.textContent = words;
  button.className = look;
  return button;
}
