// Lets the browser keep what is needed without a network. Nothing depends on it.
(() => {
  const { worker } = document.currentScript.dataset;
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => {}));
})();
