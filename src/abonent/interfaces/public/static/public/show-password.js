// Offers «Показать пароль» only where it can work: the box stays hidden without scripts.
document.querySelectorAll("[data-show-password]").forEach(function (offer) {
  var box = offer.querySelector("input");
  var field = document.getElementById(offer.dataset.showPassword);
  if (!box || !field) return;
  offer.hidden = false;
  box.addEventListener("change", function () {
    field.type = box.checked ? "text" : "password";
  });
});
