"""Pages of linked accounts."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView, View

from abonent.domain.accounts import operations
from abonent.domain.accounts.queries import invitations_of, who_has_access
from abonent.domain.accounts.rules import ROLE_WORDS
from abonent.domain.journal import queries as journal
from abonent.domain.journeys.unlink_account import unlink_account
from abonent.interfaces.portal.accounts.forms import NameForm
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.journal import Line, lines
from abonent.interfaces.portal.pages import CabinetPage, OwnerPage, WaitingAccountPage


class Home(CabinetPage, View):
    """Where a person lands after signing in: the only or first account, else the list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go there."""
        opened = [one for one in self.accounts if one.private]
        if opened:
            return redirect(account_url(opened[0].number))
        return redirect("portal_accounts")


class Accounts(CabinetPage, TemplateView):
    """The list of linked accounts."""

    template_name = "portal/accounts/list.html"
    section = "accounts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the accounts with the addresses of their first pages."""
        rows = [(one, account_url(one.number)) for one in self.accounts]
        has_keys = Authenticator.objects.filter(user_id=self.user_id).exists()
        return super().get_context_data(**kwargs) | {"rows": rows, "offer_key": not has_keys}


class Account(WaitingAccountPage, TemplateView):
    """One account as a thing of the cabinet: its name, who sees it, how to open or unlink it."""

    template_name = "portal/accounts/account.html"
    section = "accounts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who else sees it and what was done, once the link is open."""
        people, acts = [], list[Line]()
        if self.account.private and self.account.role.may_manage:
            people = who_has_access(
                user_id=self.user_id,
                supplier_id=self.supplier.id,
                number=self.account.number,
                now=self.now,
            )
            acts = lines(journal.entries_for(f"account:{self.account.id}", limit=20))
        number = self.account.number
        context = {
            "may": ROLE_WORDS[self.account.role],
            "invitations": invitations_of(
                user_id=self.user_id, supplier_id=self.supplier.id, number=number, now=self.now
            ),
            "people": people,
            "acts": acts,
            "pay_url": account_url(number, "payments"),
            "readings_url": account_url(number, "readings"),
        }
        return super().get_context_data(**kwargs) | context


class Rename(WaitingAccountPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The person's own name for the account."""

    template_name = "portal/accounts/name.html"
    form_class = NameForm
    section = "accounts"

    def get_initial(self) -> dict[str, Any]:
        """Show the present name."""
        return {"alias": self.account.alias}

    def form_valid(self, form: NameForm) -> HttpResponse:
        """Keep the name."""
        operations.rename_account(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.account.number,
            alias=form.cleaned_data["alias"],
            now=self.now,
        )
        return redirect("portal_accounts")


class Unlink(WaitingAccountPage, TemplateView):
    """Asked on GET, done on POST."""

    template_name = "portal/accounts/unlink.html"
    section = "accounts"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """End the person's own link."""
        unlink_account(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.account.number,
            now=self.now,
        )
        messages.info(request, f"Лицевой счёт {self.account.number} убран из кабинета.")
        return redirect("portal_accounts")


class CloseAccess(OwnerPage, TemplateView):
    """An owner ends another person's link: asked on GET, done on POST."""

    template_name = "portal/accounts/close_access.html"
    section = "accounts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the person whose access is to end."""
        people = who_has_access(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.account.number,
            now=self.now,
        )
        wanted = self.kwargs["access_id"]
        person = next((one for one in people if one.id == wanted and not one.is_you), None)
        return super().get_context_data(**kwargs) | {"person": person}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """End it."""
        operations.revoke_access(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            number=self.account.number,
            access_id=int(kwargs["access_id"]),
            now=self.now,
        )
        messages.info(request, "Доступ закрыт.")
        return redirect(reverse("account", args=[self.account.number]))
