"""Pages of signing up: the form of one way, and the other ways as links."""

from typing import Any

from allauth.account import views as engine
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from abonent.interfaces.design.frame import NavItem
from abonent.interfaces.public.pages import BeginAnew, OpenPage
from abonent.interfaces.public.sign_in.stages import LETTER_TO, SIGN_UP_BY
from abonent.interfaces.public.sign_up.forms import SignUpForm
from abonent.interfaces.public.supplier import open_frame, supplier_of

# At the counter only: there is no form, the page says where to go.
_ISSUED = "issued"


class SignUp(OpenPage, BeginAnew, engine.SignupView):
    """Sign up in the way of the address: ``?way=1`` is the second, ``?way=org`` organisations."""

    template_name = "public/sign_up/sign_up.html"
    form_class = SignUpForm
    section = "account_signup"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show only the words where access is given at the counter."""
        self.ways = _ways(supplier_of(request).cabinet)
        asked = request.GET.get("way", "0")
        self.way_name = asked if asked in self.ways else next(iter(self.ways))
        self.way = self.ways[self.way_name]
        self.side = "org" if self.way_name == "org" else "home"
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or where access is given."""
        if self.way.get("method") == _ISSUED:
            context = {
                "frame": open_frame(request, current=self.section, side=self.side),
                **self._words(),
            }
            return render(request, "public/sign_up/issued.html", context)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the form; where access is given at the counter there is none to take."""
        if self.way.get("method") == _ISSUED:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its supplier and its way."""
        return {**super().get_form_kwargs(), "supplier": self.supplier, "way": self.way}

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        """Sign up; a known contact gets a letter or an SMS, the page tells nothing."""
        by_phone = form.proves_phone
        self.request.session[SIGN_UP_BY] = "phone" if by_phone else "email"
        self.request.session[LETTER_TO] = str(form.cleaned_data.get("email") or "").lower()
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the way and links to the others."""
        return super().get_context_data(**kwargs) | self._words()

    def _words(self) -> dict[str, Any]:
        others = [
            NavItem(str(way.get("title", "")), f"{reverse('account_signup')}?way={name}")
            for name, way in self.ways.items()
            if name != self.way_name
        ]
        return {"way": self.way, "others": others}


def _ways(cabinet: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the ways of a preset by the name that stands in the address."""
    first = cabinet.get("sign_up") or {
        "method": "email",
        "title": "Регистрация",
        "fields": ["email", "password", "password_again"],
        "consents": ["terms", "personal_data"],
    }
    ways = {"0": first}
    for at, way in enumerate(cabinet.get("sign_up_also", []), start=1):
        ways[str(at)] = way
    if cabinet.get("sign_up_organisation"):
        ways["org"] = cabinet["sign_up_organisation"]
    return ways
