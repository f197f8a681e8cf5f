"""Blocking by the link of a notice: opening it asks, only the button acts (TRUST T37)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import FormView

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.domain.identity.queries import user_of_stolen_mark
from abonent.domain.identity.rules import BlockChannel
from abonent.domain.journeys.block_cabinet import block_cabinet
from abonent.interfaces.design.stolen import BLOCK_NUMBER, StolenForm
from abonent.interfaces.public.pages import OpenPage


class Stolen(OpenPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """What will happen and the button; the page names nobody."""

    template_name = "public/stolen/stolen.html"
    form_class = StolenForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse a mark that is forged or older than 30 days."""
        user_id = user_of_stolen_mark(str(kwargs["mark"]))
        if user_id is None:
            text = "Ссылка устарела или неполная. Позвоните нам: кабинет заблокируют по телефону."
            raise NotFound(text)
        self.user_id = user_id
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: StolenForm) -> HttpResponse:
        """Block it; the next page gives the number of the request."""
        now = clock.now()
        done = block_cabinet(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            channel=BlockChannel.LETTER,
            actor_id=None,
            why="",
            suspected_since=form.suspected_since(now),
            now=now,
        )
        self.request.session[BLOCK_NUMBER] = done.number
        return redirect("account_inactive")
