// A pressed button is not pressed twice: it waits with «Отправляем…» until the page answers.
// A form that answers with a file, so that the page stays, says data-again.
(() => {
  const restore = () => {
    for (const button of document.querySelectorAll("button[data-text]")) {
      button.disabled = false;
      button.textContent = button.dataset.text;
      delete button.dataset.text;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter || form.querySelector("button.button");
    if (!button || form.hasAttribute("data-again") || form.method !== "post") return;
    // Another script has taken the form over (a passkey, say) and will send it or not.
    if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
    // After this turn: a disabled button would not send its own name and value.
    setTimeout(() => {
      if (button.dataset.text) return;
      button.dataset.text = button.textContent;
      button.textContent = "Отправляем…";
      button.disabled = true;
    });
  });
  addEventListener("pageshow", (event) => event.persisted && restore());
  document.addEventListener("htmx:afterRequest", restore);
})();
