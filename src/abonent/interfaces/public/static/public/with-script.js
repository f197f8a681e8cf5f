// Shows what can work only with scripts: it stays hidden without them.
document.querySelectorAll("[data-with-script]").forEach(function (offer) {
  offer.hidden = false;
});
document.querySelectorAll("[data-show-password]").forEach(function (offer) {
  var box = offer.querySelector("input");
  var field = document.getElementById(offer.dataset.showPassword);
  if (!box || !field) return;
  offer.hidden = false;
  box.addEventListener("change", function () {
    field.type = box.checked ? "text" : "password";
  });
});
