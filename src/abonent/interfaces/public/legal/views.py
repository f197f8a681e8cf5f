"""Legal texts, and the page by which an owner ends somebody's waiting link."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.common.words import day_and_year
from abonent.domain.accounts.operations import object_to_link
from abonent.domain.accounts.queries import objection_for
from abonent.interfaces.public.pages import OpenPage


class LegalText(OpenPage, TemplateView):
    """One text of the supplier in its present version."""

    template_name = "public/legal/text.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find the text; a supplier without it has no such page."""
        text = self.supplier.cabinet.get("consents", {}).get(self.kwargs["purpose"])
        if text is None:
            raise NotFound("У поставщика нет такого документа.")
        return super().get_context_data(**kwargs) | {
            "document": text,
            "version": _version_in_words(text.get("version", "")),
        }


def _version_in_words(version: str) -> str:
    """Return a version that is a day as people write it; any other name of one as it is."""
    try:
        return f"от {day_and_year(date.fromisoformat(version))}"
    except ValueError:
        return version


class Accessibility(OpenPage, TemplateView):
    """What the pages are made to do for everybody, and where to tell that they do not."""

    template_name = "public/legal/accessibility.html"


class Objection(OpenPage, TemplateView):
    """Opening the letter's link shows a question; only the button ends the other's link."""

    template_name = "public/legal/objection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the end of the account's number and the day; nothing personal."""
        view = objection_for(token=self.kwargs["token"], supplier_id=self.supplier.id)
        return super().get_context_data(**kwargs) | {"objection": view}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """End the link."""
        object_to_link(token=token, supplier_id=self.supplier.id, now=clock.now())
        return redirect(request.path)
