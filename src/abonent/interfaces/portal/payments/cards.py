"""Bound cards and the autopayment of one account: what there is, and how to be rid of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView

from abonent.common.refusals import NotFound
from abonent.domain.payments.operations import remove_card
from abonent.domain.payments.queries import CardView, autopays_of, cards_of
from abonent.interfaces.portal.pages import AccountPage, WaitingAccountPage
from abonent.interfaces.portal.payments import autopay_words as words


class CardsPage(WaitingAccountPage):
    """What the pages of cards share: the person's own cards at this supplier."""

    section = "payments"

    def cards(self) -> list[CardView]:
        """Return the person's cards, the newest first."""
        return cards_of(user_id=self.user_id, supplier_id=self.supplier.id, today=self.today)


class Cards(CardsPage, TemplateView):
    """All cards with what they pay, and the autopayment of the account."""

    template_name = "portal/payments/cards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the cards, each with the accounts that it may pay, and the autopayment."""
        number, cards = self.account.number, self.cards()
        found = autopays_of(
            user_id=self.user_id, supplier_id=self.supplier.id, account_ids=[self.account.id]
        )
        autopay = found.get(self.account.id) if self.account.private else None
        titles = {one.id: one.title for one in self.accounts}
        return super().get_context_data(**kwargs) | {
            "cards": [
                (
                    card,
                    ", ".join(title for one, title in titles.items() if one in card.account_ids),
                    reverse("payments_card_remove", args=[number, card.uuid]),
                )
                for card in cards
            ],
            "can_set": self.account.private and any(card.pays([self.account.id]) for card in cards),
            "autopay": autopay,
            "facts": words.facts(autopay, localtime) if autopay else [],
            "pay_url": reverse("payments", args=[number]),
            "autopay_url": reverse("autopay", args=[number]),
            "hold_url": reverse("autopay_hold", args=[number]),
            "stop_url": reverse("autopay_end", args=[number]),
        }


class RemoveCard(CardsPage, TemplateView):
    """Asked on GET, done on POST: here at once, at the bank as soon as it answers."""

    template_name = "portal/payments/remove_card.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the card and say whether an autopayment goes with it."""
        card = next((one for one in self.cards() if one.uuid == self.kwargs["card_uuid"]), None)
        if card is None:
            raise NotFound("Такой карты в кабинете нет. Возможно, она уже удалена.")
        living = autopays_of(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            account_ids=[one.id for one in self.accounts],
        )
        return super().get_context_data(**kwargs) | {
            "card": card,
            "stops": any(one.card_uuid == card.uuid for one in living.values()),
            "back_url": reverse("payments_cards", args=[self.account.number]),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remove it."""
        remove_card(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            card_uuid=kwargs["card_uuid"],
            now=self.now,
        )
        messages.info(request, "Карта удалена.")
        return redirect("payments_cards", number=self.account.number)


class AutopayPage(AccountPage):
    """A page of the account's autopayment; without one there is nothing to stop."""

    section = "payments"

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Find the autopayment; lead to the cards where there is none."""
        elsewhere = super().prepare(**kwargs)
        if elsewhere is not None:
            return elsewhere
        found = autopays_of(
            user_id=self.user_id, supplier_id=self.supplier.id, account_ids=[self.account.id]
        ).get(self.account.id)
        if found is None:
            return redirect("payments_cards", number=self.account.number)
        self.autopay = found
        return None
