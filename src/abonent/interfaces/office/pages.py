"""What every page of the staff shares: who asks, what they may do, the frame, the clock."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.domain.identity import queries as people
from abonent.domain.identity.queries import Warrant
from abonent.domain.identity.rules import ROLE_NAMES, Right
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.view_choice import view_classes

# Title, name of the address, the right that opens it.
SECTIONS = (
    ("Обращения", "office:tickets", Right.APPEALS),
    ("Оценки", "office:ratings", Right.RATINGS),
)
_NOBODY = "Такой страницы нет. Проверьте адрес."


class OfficePage:
    """Mixed into a view before Django's class: a page for who works here with a right.

    Gives the view ``supplier``, ``user_id``, ``warrant``, ``branches`` (of the right; None
    means all), ``now``, ``today`` and the template ``frame``. Whoever is not signed in is
    asked to; for whoever has not the right the page does not exist (404).
    """

    right: ClassVar[Right]
    section: ClassVar[str] = ""
    request: HttpRequest
    supplier: SupplierView
    user_id: int
    warrant: Warrant
    branches: frozenset[str] | None
    now: datetime
    today: date

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may."""
        supplier: SupplierView | None = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
        if supplier is None:
            raise NotFound(_NOBODY)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.supplier, self.user_id = supplier, int(request.user.pk)
        warrant = people.warrant_of(user_id=self.user_id, supplier_id=supplier.id)
        if warrant is None or not warrant.may(self.right):
            raise NotFound(_NOBODY)
        self.warrant, self.branches = warrant, warrant.branches(self.right)
        self.now = clock.now()
        self.today = clock.local_day(self.now, supplier.timezone)
        response: HttpResponseBase = super().dispatch(  # type: ignore[misc]  # mypy cannot infer it
            request, *args, **kwargs
        )
        add_never_cache_headers(response)
        return response

    def show(self, page: str, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Show a page in the frame of the staff."""
        frame = office_frame(self.request, self.supplier, self.warrant, self.section)
        return render(
            self.request, page, {"frame": frame, "supplier": self.supplier} | context, status=status
        )


def office_frame(
    request: HttpRequest, supplier: SupplierView, warrant: Warrant, section: str
) -> Frame:
    """Return everything around a page of the staff: the sections that their rights open."""
    person = people.user_view(warrant.user_id)
    roles = ", ".join(dict.fromkeys(ROLE_NAMES[role] for role, _ in warrant.posts))
    return Frame(
        supplier_name=supplier.called,
        supplier_code=supplier.code,
        sections=tuple(
            NavItem(title, reverse(name), current=name == section)
            for title, name, right in SECTIONS
            if warrant.may(right)
        ),
        person_name=f"{person.name}, {roles}",
        sign_out_url=reverse("account_logout"),
        profile_url=reverse("profile"),
        theme_url=reverse("theme") if supplier.cabinet.get("theme") else "",
        is_demo=settings.DEMO,
        home_url=reverse("office:threshold"),
        imprint=(
            NavItem("Размер и контраст", reverse("view_choice")),
            NavItem("Кабинет потребителя", reverse("portal_home")),
        ),
        view_classes=view_classes(request),
    )
