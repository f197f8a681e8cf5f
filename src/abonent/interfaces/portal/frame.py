"""The frame of a signed-in page: one call for every page family."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries import AccountView
from abonent.domain.identity import queries as people
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.view_choice import view_classes

# Pages of one account: the family, its title, its address after ``/accounts/<number>/``.
ACCOUNT_FAMILIES = (
    ("overview", "Обзор", ""),
    ("readings", "Показания", "readings/"),
    ("charges", "Начисления", "charges/"),
    ("payments", "Оплата", "payments/"),
    ("documents", "Счета в PDF", "documents/"),
    ("notices", "Уведомления", "notices/"),
)
# While a link waits, its user may pay and submit readings, no more.
WHILE_WAITING = ("readings", "payments")


def supplier_of(request: HttpRequest) -> SupplierView:
    """Return the supplier of the address; refuses with NotFound at the bare root."""
    supplier: SupplierView | None = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    if supplier is None:
        raise NotFound("Выберите поставщика: у каждого свой кабинет.")
    return supplier


def portal_frame(
    request: HttpRequest,
    *,
    accounts: Sequence[AccountView],
    account: AccountView | None = None,
    section: str = "",
) -> Frame:
    """Return everything around a signed-in page.

    ``accounts`` are all accounts of the person here, ``account`` the one the page is about,
    ``section`` the family of the page: one of ``ACCOUNT_FAMILIES``, support, accounts or profile.
    """
    supplier = supplier_of(request)
    cabinet = supplier.cabinet
    shown = account or (accounts[0] if accounts else None)
    hotline = str(cabinet.get("hotline", ""))
    return Frame(
        supplier_name=supplier.called,
        supplier_code=supplier.code,
        # The plain preset says «указан в квитанции», which is no number to call.
        hotline=hotline if any(sign.isdigit() for sign in hotline) else "",
        hotline_hours=str(cabinet.get("hotline_hours", "")),
        sections=(*_account_sections(shown, section), *_own_sections(section)),
        accounts=tuple(
            NavItem(
                title=one.alias or one.address or f"Счёт {one.number}",
                url=_page(one.number, _same_page(one, section)),
                current=account is not None and one.number == account.number,
                hint=f"№ {one.number}",
            )
            for one in accounts
        ),
        person_name=people.user_view(int(request.user.pk or 0)).name,
        sign_out_url=reverse("account_logout"),
        profile_url=reverse("profile"),
        theme_url=reverse("theme") if cabinet.get("theme") else "",
        is_demo=settings.DEMO,
        home_url=reverse("portal_home"),
        imprint=(
            NavItem("Размер и контраст", reverse("view_choice")),
            NavItem("Доступность", reverse("accessibility")),
            NavItem("Условия", reverse("legal_text", args=["terms"])),
            NavItem("Личные данные", reverse("legal_text", args=["personal_data"])),
        ),
        view_classes=view_classes(request),
    )


def account_url(number: str, family: str = "overview") -> str:
    """Return the address of a page of an account: of a family, or ``about``, the link itself."""
    tails = {name: tail for name, _, tail in ACCOUNT_FAMILIES}
    return _page(number, "about/" if family == "about" else tails[family])


def _account_sections(account: AccountView | None, section: str) -> list[NavItem]:
    """Return the pages of one account that its user may open now."""
    if account is None:
        return []
    return [
        NavItem(title, _page(account.number, tail), current=family == section)
        for family, title, tail in ACCOUNT_FAMILIES
        if account.private or family in WHILE_WAITING
    ]


def _own_sections(section: str) -> list[NavItem]:
    """Return the pages about the person."""
    return [
        NavItem("Обращения", reverse("support"), current=section == "support"),
        NavItem("Офисы и контакты", reverse("portal_offices"), current=section == "offices"),
        NavItem("Лицевые счета", reverse("portal_accounts"), current=section == "accounts"),
        NavItem("Профиль", reverse("profile"), current=section == "profile"),
    ]


def _same_page(account: AccountView, section: str) -> str:
    """Return the page to show when the person turns to another account: the same, if it may."""
    tails = {
        family: tail
        for family, _, tail in ACCOUNT_FAMILIES
        if account.private or family in WHILE_WAITING
    }
    return tails.get(section, tails.get("overview", "about/"))


def _page(number: str, tail: str) -> str:
    """Return the address of a page of an account."""
    return f"{reverse('portal_accounts')}{number}/{tail}"
