"""The profile: who the person is here, where they are signed in, what they agreed to and did."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView, View

from abonent.common.refusals import Refusal
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import Purpose, written_phone
from abonent.domain.journal import queries as journal
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.portal.journal import browser_in_words, lines, lines_of_others
from abonent.interfaces.portal.pages import CabinetPage
from abonent.interfaces.portal.profile.forms import NameForm

_JOURNAL_LENGTH = 100


class ProfilePage(CabinetPage):
    """A page of the profile."""

    section = "profile"


class Profile(ProfilePage, TemplateView):
    """Everything about the person on one page, each with what can be done about it."""

    template_name = "portal/profile/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the person, the keys and the consents that stand."""
        person = people.user_view(self.user_id)
        keys = Authenticator.objects.filter(user_id=self.user_id)
        standing = [
            consent
            for consent in people.consents_of(self.user_id)
            if consent.supplier_id == self.supplier.id and consent.withdrawn_at is None
        ]
        titles = self.supplier.cabinet.get("consents", {})
        consents = [(one, titles.get(one.purpose, {}).get("title", "")) for one in standing]
        return super().get_context_data(**kwargs) | {
            "person": person,
            "cards_url": reverse("payments_cards", args=[self.accounts[0].number])
            if self.accounts
            else "",
            "phone": written_phone(person.phone) if person.phone else "",
            "has_password": people.has_password(self.user_id),
            "passkeys": keys.filter(type=Authenticator.Type.WEBAUTHN).count(),
            "consents": consents,
            "may_join_mailings": "mailings" in titles
            and not any(one.purpose == Purpose.MAILINGS for one in standing),
        }


class ChangeName(ProfilePage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """The name and the login."""

    template_name = "portal/profile/name.html"
    form_class = NameForm

    def get_initial(self) -> dict[str, Any]:
        """Show what they are now."""
        person = people.user_view(self.user_id)
        return {"full_name": person.full_name, "login": person.login}

    def form_valid(self, form: NameForm) -> HttpResponse:
        """Keep them."""
        try:
            identity.change_name(
                user_id=self.user_id,
                full_name=form.cleaned_data["full_name"],
                login=form.cleaned_data["login"],
                now=self.now,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return redirect("profile")


class Sessions(ProfilePage, TemplateView):
    """Where the person is signed in, and the button that ends all other sign-ins."""

    template_name = "portal/profile/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the living sessions, this one first."""
        found = UserSession.objects.purge_and_list(self.request.user)
        rows = sorted(found, key=lambda one: (not one.is_current(), -one.created_at.timestamp()))
        sessions = [(one, browser_in_words(one.user_agent)) for one in rows]
        return super().get_context_data(**kwargs) | {"sessions": sessions}

    def post(self, request: HttpRequest) -> HttpResponse:
        """End every other session."""
        identity.close_sessions(
            user_id=self.user_id, kept_key=request.session.session_key or "", now=self.now
        )
        messages.info(request, "Остальные входы закрыты.")
        return redirect("usersessions_list")


class CloseSession(ProfilePage, View):
    """The button that ends one sign-in."""

    def post(self, request: HttpRequest, *, session_id: int) -> HttpResponse:
        """End it."""
        identity.close_session(user_id=self.user_id, session_id=session_id, now=self.now)
        messages.info(request, "Вход закрыт.")
        return redirect("usersessions_list")


class Journal(ProfilePage, TemplateView):
    """The journal of operations: what the person did, and who else looked or did what."""

    template_name = "portal/profile/journal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the newest acts of the person and those of others about what is the person's."""
        found = journal.entries_of_person(self.user_id, limit=_JOURNAL_LENGTH)
        since = {
            f"account:{one.id}": one.since
            for one in self.accounts
            if one.private and one.role.may_manage
        }
        since[f"user:{self.user_id}"] = people.user_view(self.user_id).joined_at
        others = journal.entries_by_others(self.user_id, since=since, limit=_JOURNAL_LENGTH)
        staff = people.staff_among({one.actor_id for one in others if one.actor_id})
        numbers = {f"account:{one.id}": one.number for one in self.accounts}
        return super().get_context_data(**kwargs) | {
            "acts": lines(found),
            "others": lines_of_others(others, staff=staff, numbers=numbers),
        }
