"""The supplier of a page and the frame around it, for everybody who is not inside."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from abonent.common.refusals import NotFound
from abonent.domain.identity import queries as people
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.view_choice import view_classes

# Title and name of the address, in the order of the menu.
_SECTIONS = (
    ("Что можно сделать", "landing"),
    ("Войти", "account_login"),
    ("Зарегистрироваться", "account_signup"),
    ("Отключения", "outages"),
    ("Новости", "news"),
    ("Офисы и контакты", "offices"),
    ("Вопросы и ответы", "faq"),
    ("Как беречь кабинет", "advice"),
)
# Sections that a supplier has only when its preset opens them.
_OPEN = (
    ("Передать показания", "open_readings", "readings"),
    ("Оплатить", "open_payment", "payment"),
    ("Узнать задолженность", "open_debt", "debt"),
    ("Электронный счёт", "open_bills", "bills"),
    ("Тарифы и расчёт", "open_tariffs", "tariffs"),
)
_IMPRINT = (
    ("Размер и контраст", "view_choice", ()),
    ("Доступность", "accessibility", ()),
    ("Условия", "legal_text", ("terms",)),
    ("Личные данные", "legal_text", ("personal_data",)),
)


def supplier_of(request: HttpRequest) -> SupplierView:
    """Return the supplier of the address; refuses with NotFound at the bare root."""
    supplier: SupplierView | None = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    if supplier is None:
        text = "Выберите поставщика: у каждого свой кабинет."
        raise NotFound(text)
    return supplier


def open_frame(request: HttpRequest, *, current: str = "", side: str = "home") -> Frame:
    """Return the frame of an open page; ``current`` is the name of its section's address.

    ``side`` is org on pages for organisations, where the preset has them.
    """
    supplier: SupplierView | None = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    if supplier is None:
        return Frame(supplier_name="", supplier_code="", view_classes=view_classes(request))
    cabinet = supplier.cabinet
    person = people.user_view(request.user.pk) if request.user.is_authenticated else None
    hotline = str(cabinet.get("hotline", ""))
    return Frame(
        supplier_name=supplier.called,
        supplier_code=supplier.code,
        # The plain preset says «указан в квитанции», which is no number to call.
        hotline=hotline if any(sign.isdigit() for sign in hotline) else "",
        hotline_hours=str(cabinet.get("hotline_hours", "")),
        sections=tuple(
            NavItem(title, reverse(name), current=name == current)
            for title, name in (_SECTIONS[0], *_opened(cabinet), *_SECTIONS[1:])
        ),
        accounts=_sides(cabinet, side),
        person_name=person.name if person else "",
        sign_out_url=reverse("account_logout") if person else "",
        profile_url=reverse("portal_home") if person else "",
        theme_url=reverse("theme") if cabinet.get("theme") else "",
        is_demo=settings.DEMO,
        home_url=reverse("landing"),
        sign_in_url=reverse("account_login"),
        imprint=tuple(
            NavItem(title, reverse(name, args=arguments)) for title, name, arguments in _IMPRINT
        ),
        view_classes=view_classes(request),
    )


def asked_for_readings(cabinet: dict[str, Any]) -> list[str]:
    """Return what is asked beside the number for readings without sign-in; empty: not taken."""
    return list(cabinet.get("open_pages", {}).get("readings", []))


def opened_pages(cabinet: dict[str, Any]) -> list[NavItem]:
    """Return the pages without sign-in that the supplier's preset opens."""
    return [NavItem(title, reverse(name)) for title, name in _opened(cabinet)]


def _opened(cabinet: dict[str, Any]) -> list[tuple[str, str]]:
    pages = cabinet.get("open_pages", {})
    return [(title, name) for title, name, key in _OPEN if pages.get(key)]


def organisations_sign_up() -> str:
    """Return the address of the way of signing up that organisations have."""
    return f"{reverse('account_signup')}?way=org"


def _sides(cabinet: dict[str, Any], side: str) -> tuple[NavItem, ...]:
    """Return «Для дома / Для организаций» where organisations have a way of their own."""
    if not cabinet.get("sign_up_organisation"):
        return ()
    organisations = f"{reverse('account_login')}?side=org"
    return (
        NavItem("Для дома", reverse("landing"), side == "home", "Квартиры и частные дома"),
        NavItem("Для организаций", organisations, side == "org", "Договоры и предприниматели"),
    )
