"""News; outages by street with a subscription that the mailbox confirms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from abonent.common import clock
from abonent.common.refusals import Refusal
from abonent.domain.support import operations, queries
from abonent.domain.support.rules.outages import LONGEST_STREET
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.public.pages import OpenPage

_TRAP = "company_site"
_ASKED = (
    "Мы написали на эту почту. Откройте ссылку из письма и подтвердите подписку: без этого "
    "писем об отключениях не будет."
)


class News(OpenPage, TemplateView):
    """What the supplier tells everybody, the newest first."""

    template_name = "public/news/news.html"
    section = "news"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the news."""
        found = queries.news(supplier_id=self.supplier.id, now=clock.now())
        return super().get_context_data(**kwargs) | {"news": found}


class WatchForm(PageForm):
    """The street and the mailbox, and a field that only machines fill in."""

    street = forms.CharField(
        label="Улица",
        help_text="Название, например: Малышева",
        max_length=LONGEST_STREET,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": "Напишите улицу", "max_length": "Слишком длинно. Проверьте"},
    )
    email = email_field()
    company_site = forms.CharField(required=False, label="Не заполняйте")

    def clean(self) -> dict[str, Any]:
        """Stop machines that fill in everything."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get(_TRAP):
            self.add_error(None, "Форма заполнена машиной. Оставьте лишнее поле пустым.")
        return cleaned


class Outages(OpenPage, TemplateView):
    """What is off now and will be, of one street when asked; the subscription below."""

    template_name = "public/news/outages.html"
    section = "outages"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the outages."""
        street = str(self.request.GET.get("street", ""))[:LONGEST_STREET]
        found = queries.outages(supplier_id=self.supplier.id, now=clock.now(), street=street)
        form = WatchForm(initial={"street": street})
        own = {"street": street, "outages": found, "form": form}
        return super().get_context_data(**own | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write to the mailbox; the answer is the same whatever is known of it."""
        form = WatchForm(request.POST)
        if form.is_valid():
            try:
                operations.ask_watch(
                    supplier_id=self.supplier.id, street=form.cleaned_data["street"],
                    email=form.cleaned_data["email"], now=clock.now(),
                )  # fmt: skip
            except Refusal as refusal:
                add_refusal(form, refusal)
        if form.errors:
            context = self.get_context_data(form=form)
            return self.render_to_response(context, status=UNPROCESSABLE)
        messages.info(request, _ASKED)
        return redirect("outages")


class Confirm(OpenPage, TemplateView):
    """A letter's link: opening it changes nothing, the button confirms."""

    template_name = "public/news/watch.html"
    purpose = "confirm"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what the link is about."""
        watch = queries.watch_of(
            supplier_id=self.supplier.id, token=self.kwargs["token"], purpose=self.purpose
        )
        return super().get_context_data(**kwargs) | {"watch": watch, "purpose": self.purpose}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """Do it and show the same page."""
        ends = self.purpose == "end"
        verb = operations.end_watch if ends else operations.confirm_watch
        verb(supplier_id=self.supplier.id, token=token, now=clock.now())
        return redirect(request.path)


class End(Confirm):
    """The link that ends the subscription."""

    purpose = "end"
