"""What every signed-in view shares: the person, the supplier, the account, the frame, the clock."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries import AccountView
from abonent.domain.identity import operations as identity
from abonent.domain.identity.queries import draft_of
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.frame import Frame
from abonent.interfaces.portal import kept_forms
from abonent.interfaces.portal.frame import portal_frame, supplier_of


class CabinetPage:
    """Mixed into a view before Django's class: a page of a person who is inside.

    Gives the view ``supplier``, ``user_id``, ``accounts``, ``frame``, ``now``, ``today`` (the
    day at the supplier's place) and the template ``frame`` and ``supplier``. A stranger is
    asked to sign in first. ``section`` names the family of the page for the menu.
    """

    section = ""
    request: HttpRequest
    supplier: SupplierView
    user_id: int
    accounts: list[AccountView]
    account: AccountView | None = None
    frame: Frame
    now: datetime
    today: date

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let a signed-in person in, with everything a page needs read once."""
        self.supplier = supplier_of(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.user_id = int(request.user.pk)
        self.now = clock.now()
        self.today = clock.local_day(self.now, self.supplier.timezone)
        elsewhere = self.prepare(**kwargs)
        if elsewhere is not None:
            return elsewhere
        self.frame = portal_frame(
            request, accounts=self.accounts, account=self.account, section=self.section
        )
        response: HttpResponseBase = super().dispatch(  # type: ignore[misc]  # mypy cannot infer it
            request, *args, **kwargs
        )
        # Pages of a cabinet are private: no cache on the way keeps them.
        add_never_cache_headers(response)
        return response

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Read what the page is about; an answer given here is sent instead of the page."""
        self.accounts = accounts.accounts_of(
            user_id=self.user_id, supplier_id=self.supplier.id, now=self.now
        )
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the frame; for views with a template of their own."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # mypy cannot infer it
        return context | {
            "frame": self.frame,
            "supplier": self.supplier,
            "cabinet": self.supplier.cabinet,
            "account": self.account,
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        """Keep the form with its errors and lead to the page that shows it again."""
        key = new_uuid().hex
        identity.keep_draft(
            user_id=self.user_id,
            page=self._form_page,
            key=key,
            content=kept_forms.content_of(form),
            now=self.now,
        )
        return redirect(kept_forms.address_of_kept(self.request, key))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill a form that was sent with errors with what was typed; for views with a form."""
        given: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]  # mypy cannot infer it
        kept = self._kept
        return given if kept is None else {**given, "data": kept_forms.typed_in(kept)}

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form, one that was sent with errors with the very words of that time."""
        form = super().get_form(form_class)  # type: ignore[misc]  # mypy cannot infer it
        if self._kept is not None:
            kept_forms.put_errors(form, self._kept)
        return form

    @cached_property
    def _kept(self) -> Mapping[str, str] | None:
        """Return the form that the address names, if this person sent it from this page."""
        key = kept_forms.kept_key(self.request)
        draft = draft_of(user_id=self.user_id, page=self._form_page, key=key) if key else None
        return draft.content if draft else None

    @property
    def _form_page(self) -> str:
        """Return by what name the forms of this page are kept."""
        return f"form:{type(self).__name__}"


class WaitingAccountPage(CabinetPage):
    """A page of one account (``<str:number>`` in its address) that a waiting link may open too.

    Gives ``account``; an account that is not linked to this person, or does not exist, is
    answered with 404. For paying and for submitting readings: whoever uses it shows nothing
    personal while ``account.private`` is false.
    """

    account: AccountView

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Read the accounts and find the one of the address."""
        super().prepare(**kwargs)
        number = str(kwargs["number"])
        found = [one for one in self.accounts if one.number == number]
        if not found:
            # The gate itself refuses, with its own words.
            accounts.account_for(
                user_id=self.user_id, supplier_id=self.supplier.id, number=number, now=self.now
            )
        self.account = found[0]
        return None


class AccountPage(WaitingAccountPage):
    """A page of one account whose link is open: everything that is private.

    While the link waits, the person is led to the page that says until when and how to
    open it at once.
    """

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Turn away a link that still waits."""
        super().prepare(**kwargs)
        if not self.account.private:
            return redirect(reverse("account", args=[self.account.number]))
        return None


class OwnerPage(AccountPage):
    """A page of one account for its owners: who sees it is their matter alone."""

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Turn away whoever was only let in by an owner."""
        elsewhere = super().prepare(**kwargs)
        if elsewhere is None and not self.account.role.may_manage:
            return redirect(reverse("account", args=[self.account.number]))
        return elsewhere
