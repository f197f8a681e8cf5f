// The box of errors is the first thing to read after a failed sending.
(() => {
  const focus = () => document.getElementById("errors")?.focus();
  focus();
  document.addEventListener("htmx:afterSwap", focus);
})();
