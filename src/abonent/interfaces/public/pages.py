"""What every view of an open page shares: the supplier, the frame, limits told in words."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from abonent.domain.identity.operations import ForeignNumber, TooManySms
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.public.supplier import open_frame, supplier_of


class OpenPage:
    """Mixed into a view before Django's or allauth's class.

    Gives the template ``frame``, ``supplier`` and ``cabinet``; answers a limit that is
    reached with a page of its own; shows a form with errors with status 422.
    """

    request: HttpRequest
    supplier: SupplierView
    section = ""
    side = "home"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the supplier, then let the view answer."""
        self.supplier = supplier_of(request)
        try:
            response: HttpResponseBase = super().dispatch(  # type: ignore[misc]  # mypy cannot infer it
                request, *args, **kwargs
            )
        except RateLimited:
            response = respond_429(request)
        except (TooManySms, ForeignNumber) as refusal:
            context = {"frame": open_frame(request), "refusal": refusal}
            response = render(request, "public/no_sms.html", context, status=429)
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the frame needs."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # mypy cannot infer it
        context |= {
            "frame": open_frame(self.request, current=self.section, side=self.side),
            "supplier": self.supplier,
            "cabinet": self.supplier.cabinet,
        }
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again with its errors, as htmx expects them."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # mypy cannot infer it
        if response.status_code == HTTPStatus.OK:
            response.status_code = UNPROCESSABLE
        return response


class BeginAnew:
    """Mixed into a page where signing in or up begins: coming back to it begins anew.

    allauth would lead a person who waits for a code back to the code, also when they came
    to mend the address it went to.
    """

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Drop what was begun."""
        clear_login(request)
