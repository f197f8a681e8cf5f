"""The page of notices: to which mailboxes the bills of an account go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, View

from abonent.common.refusals import Refusal
from abonent.common.words import written_phone
from abonent.domain.accounts.operations.reminders import choose_reminders
from abonent.domain.billing.operations import subscribe_to_bills
from abonent.domain.identity import queries as people
from abonent.domain.messaging.operations import unsubscribe
from abonent.domain.messaging.queries.carriers import carried_channels
from abonent.domain.messaging.queries.subscriptions import SubscriptionView, subscriptions_of
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.notices.forms import reminder_form
from abonent.interfaces.portal.pages import AccountPage


class MailboxForm(PageForm):
    """A mailbox for bills."""

    email = email_field()


class NoticesPage(AccountPage):
    """A page of this family."""

    section = "notices"

    def ways(self) -> list[tuple[Channel, str]]:
        """Return the ways by which this person can be reached, each with its contact."""
        person = people.user_view(self.user_id)
        contacts = {Channel.EMAIL: person.email, Channel.SMS: written_phone(person.phone)}
        return [(one, contacts[one]) for one in carried_channels() if contacts.get(one)]

    def living(self) -> list[SubscriptionView]:
        """Return what this person has asked to be told of this account."""
        return subscriptions_of(
            supplier_id=self.supplier.id, account_id=self.account.id, user_id=self.user_id
        )

    def back(self) -> HttpResponse:
        """Lead to the page of notices."""
        return redirect(account_url(self.account.number, "notices"))


class Notices(NoticesPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Who receives the bills of the account, and one more mailbox."""

    template_name = "portal/notices/notices.html"
    form_class = MailboxForm

    def get_initial(self) -> dict[str, Any]:
        """Offer the person's own mailbox while it receives nothing."""
        own = people.user_view(self.user_id).email
        bills = [one for one in self.living() if one.kind == SubscriptionKind.BILL]
        return {} if any(one.recipient == own for one in bills) else {"email": own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the mailboxes and the reminders as they are chosen."""
        found = self.living()
        return super().get_context_data(**kwargs) | {
            "mailboxes": [one for one in found if one.kind == SubscriptionKind.BILL],
            "reminders": reminder_form(self.ways(), living=found),
        }

    def form_valid(self, form: MailboxForm) -> HttpResponse:
        """Subscribe the mailbox, or ask it first when it is not the person's own."""
        mailbox = form.cleaned_data["email"]
        try:
            found = subscribe_to_bills(
                account=self.account, user_id=self.user_id, recipient=mailbox, now=self.now
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        text = (
            f"Следующий счёт придёт на {mailbox} в день, когда он готов."
            if found.is_confirmed
            else f"Отправили письмо на {mailbox}. Счета начнут приходить после ответа на него."
        )
        messages.info(self.request, text)
        return self.back()


class Reminders(NoticesPage, View):
    """What the ticks say is how it will be; the page of notices shows them."""

    def get(self, _request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Lead to the page where the ticks are."""
        return self.back()

    def post(self, request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Keep what was ticked; a way that the person has no contact for is not on the page."""
        form = reminder_form(self.ways(), request.POST)
        if not form.is_valid():
            return self.back()
        choose_reminders(
            account=self.account, user_id=self.user_id, wanted=form.wanted(), now=self.now
        )
        messages.info(request, "Сохранили.")
        return self.back()


class EndNotice(NoticesPage, View):
    """One subscription ends at the press of its button."""

    def get(self, _request: HttpRequest, **_parts: Any) -> HttpResponse:
        """Lead to the page where the button is."""
        return self.back()

    def post(self, request: HttpRequest, *, number: str, subscription_id: int) -> HttpResponse:
        """End it."""
        unsubscribe(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            user_id=self.user_id,
            subscription_id=subscription_id,
            now=self.now,
        )
        messages.info(request, "Больше не пришлём.")
        return self.back()
