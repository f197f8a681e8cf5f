"""The link of a letter that stops an autopayment, without sign-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from abonent.common import clock
from abonent.domain.payments.operations import stop_by_link
from abonent.domain.payments.queries import autopay_to_stop
from abonent.interfaces.public.pages import OpenPage


class StopAutopay(OpenPage, TemplateView):
    """Opening the link shows a question; only the button stops anything (TRUST T37)."""

    template_name = "public/money/stop_autopay.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the end of the account's number and nothing else of it (TRUST T36)."""
        found = autopay_to_stop(token=self.kwargs["token"], supplier_id=self.supplier.id)
        return super().get_context_data(**kwargs) | {"found": found}

    def post(self, request: HttpRequest, *, token: str) -> HttpResponse:
        """Stop it; pressing twice is once."""
        stop_by_link(token=token, supplier_id=self.supplier.id, now=clock.now())
        return redirect(request.path)
