"""The page of notices: to which mailboxes the bills of an account go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, View

from abonent.common.refusals import Refusal
from abonent.domain.billing.operations import subscribe_to_bills
from abonent.domain.identity import queries as people
from abonent.domain.messaging.operations import unsubscribe
from abonent.domain.messaging.queries.subscriptions import subscriptions_of
from abonent.domain.messaging.rules import SubscriptionKind
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.plain_fields import email_field
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.pages import AccountPage


class MailboxForm(PageForm):
    """A mailbox for bills."""

    email = email_field()


class NoticesPage(AccountPage):
    """A page of this family."""

    section = "notices"

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
        return {} if any(one.recipient == own for one in self._bills()) else {"email": own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the mailboxes."""
        return super().get_context_data(**kwargs) | {"mailboxes": self._bills()}

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

    def _bills(self) -> list[Any]:
        found = subscriptions_of(
            supplier_id=self.supplier.id, account_id=self.account.id, user_id=self.user_id
        )
        return [one for one in found if one.kind == SubscriptionKind.BILL]


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
