"""Pages of the autopayment: set up or changed with a check, paused, ended."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import TemplateView, View

from abonent.common.refusals import Refusal
from abonent.domain.payments.operations import (
    change_autopay,
    pause_autopay,
    resume_autopay,
    set_autopay,
    stop_autopay,
)
from abonent.domain.payments.queries import (
    AutopayView,
    CardView,
    autopays_of,
    cards_of,
    payment_terms,
)
from abonent.interfaces.portal.drafts import DraftPage, picked
from abonent.interfaces.portal.one_time import form_key
from abonent.interfaces.portal.pages import AccountPage
from abonent.interfaces.portal.payments import autopay_words as words
from abonent.interfaces.portal.payments.autopay_form import AutopayForm
from abonent.interfaces.portal.payments.cards import AutopayPage
from abonent.interfaces.portal.proving import ask_proof, recently_proven

FIX = "fix"
TOLD, TOLD_AT = "told", "told_at"
_MOST_DIGITS = 10


class SetUp(DraftPage, AccountPage):
    """What the steps of setting up share; only an open link may be paid by itself."""

    section = "payments"

    @property
    def _page(self) -> str:
        return f"autopay:{self.account.id}"

    def cards(self) -> list[CardView]:
        """Return the cards that may pay this account by themselves."""
        found = cards_of(user_id=self.user_id, supplier_id=self.supplier.id, today=self.today)
        return [card for card in found if card.pays([self.account.id])]

    def living(self) -> AutopayView | None:
        """Return the account's autopayment, when there is one to change."""
        return autopays_of(
            user_id=self.user_id, supplier_id=self.supplier.id, account_ids=[self.account.id]
        ).get(self.account.id)

    def form(self, data: Mapping[str, Any] | None = None) -> AutopayForm | None:
        """Return the form; None when there is no card that could pay."""
        cards, living = self.cards(), self.living()
        if not cards and living is None:
            return None
        terms = payment_terms(supplier_id=self.supplier.id)
        given = self.request.GET.get(FIX, "")
        whole = given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS
        return AutopayForm(
            data,
            cards=cards,
            living=living,
            fixed=int(given) if whole else None,
            bounds=(terms.minimum, max(terms.maximum, terms.minimum)),
        )

    def show(self, name: str, **context: Any) -> HttpResponse:
        """Show a page of the family."""
        shared = {
            "frame": self.frame,
            "account": self.account,
            "living": self.living(),
            "cards_url": reverse("payments_cards", args=[self.account.number]),
        }
        return render(self.request, f"portal/payments/{name}.html", shared | context)


class Autopay(SetUp, View):
    """The form; sent, it is kept and checked."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Show it empty, or as the autopayment stands."""
        form = self.form()
        if form is None:
            return redirect("payments_cards", number=number)
        return self.show("autopay", form=form, key=form_key({}))

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Keep what was typed and lead to the check of it, or to what is wrong."""
        form, key = self.form(request.POST), form_key(request.POST)
        if form is None:
            return redirect("payments_cards", number=number)
        self.keep(key, picked(request.POST, form.fields))
        return self.lead_to("autopay_check" if form.is_valid() else "autopay_draft", key)


class Typed(SetUp, View):
    """The form as it was typed, with what is wrong at each field."""

    def get(self, _request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show it; what is not kept any more begins anew."""
        draft = self.kept(key)
        form = self.form(draft.content) if draft else None
        if draft is None or form is None:
            return redirect("autopay", number=number)
        if form.is_valid() and TOLD in draft.content:
            at = draft.content.get(TOLD_AT, "")
            form.add_error(at if at in form.fields else None, draft.content[TOLD])
        return self.show("autopay", form=form, key=key.hex)


class Check(SetUp, View):
    """The check, by a person who has just proven who he is; confirmed, it works."""

    def get(self, request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Show what will happen each month."""
        draft = self.kept(key)
        form = self.form(draft.content) if draft else None
        if form is None:
            return redirect("autopay", number=number)
        if not form.is_valid():
            return self.lead_to("autopay_draft", key.hex)
        if not recently_proven(request):
            return ask_proof(request.get_full_path())
        living = self.living()
        rows = [
            ("Карта", living.card if living else form.card_name),
            ("Сколько", words.sum_words(form.fixed)),
            ("Не больше за раз", words.roubles(form.ceiling)),
            ("Когда", words.when_words(form.day)),
        ]
        return self.show("autopay_check", rows=rows, key=key.hex)

    def post(self, request: HttpRequest, *, number: str, key: UUID) -> HttpResponse:
        """Set it up or change it; what the house refuses is told at its field."""
        draft = self.kept(key)
        form = self.form(draft.content) if draft else None
        if draft is None or form is None:
            return redirect("autopay", number=number)
        if "change" in request.POST or not form.is_valid():
            return self.lead_to("autopay_draft", key.hex)
        if not recently_proven(request):
            return ask_proof(request.get_full_path())
        try:
            self._do(form)
        except Refusal as refusal:
            self.keep(
                key.hex, dict(draft.content) | {TOLD: refusal.text, TOLD_AT: refusal.field or ""}
            )
            return self.lead_to("autopay_draft", key.hex)
        self.finish(key.hex)
        messages.info(request, "Автоплатёж работает. Перед каждым списанием предупредим.")
        return redirect("payments_cards", number=number)

    def _do(self, form: AutopayForm) -> None:
        """Change the autopayment that there is, else set it up."""
        living = self.living()
        if living is not None:
            change_autopay(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                autopay_uuid=living.uuid,
                ceiling=form.ceiling,
                fixed=form.fixed,
                day=form.day,
                now=self.now,
            )
            return
        set_autopay(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.account.number,
            card_uuid=UUID(form.cleaned_data["card"]),
            ceiling=form.ceiling,
            fixed=form.fixed,
            day=form.day,
            now=self.now,
        )


class Hold(AutopayPage, View):
    """Pauses the autopayment or lets it go on; both can be taken back at once."""

    def get(self, _request: HttpRequest, *, number: str) -> HttpResponse:
        """Lead back: nothing is done by looking."""
        return redirect("payments_cards", number=number)

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """Turn it the other way; to let it charge again the person is asked once more."""
        paused = self.autopay.paused
        if paused and not recently_proven(request):
            return ask_proof(reverse("payments_cards", args=[number]))
        (resume_autopay if paused else pause_autopay)(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            autopay_uuid=self.autopay.uuid,
            now=self.now,
        )
        said = "снова работает." if paused else "приостановлен: ничего не спишем."
        messages.info(request, f"Автоплатёж {said}")
        return redirect("payments_cards", number=number)


class End(AutopayPage, TemplateView):
    """Asked on GET, done on POST."""

    template_name = "portal/payments/autopay_end.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the autopayment."""
        return super().get_context_data(**kwargs) | {
            "autopay": self.autopay,
            "back_url": reverse("payments_cards", args=[self.account.number]),
        }

    def post(self, request: HttpRequest, *, number: str) -> HttpResponse:
        """End it."""
        stop_autopay(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            autopay_uuid=self.autopay.uuid,
            now=self.now,
        )
        messages.info(request, "Автоплатёж отключён. Карта осталась привязанной.")
        return redirect("payments_cards", number=number)
