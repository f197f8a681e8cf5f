"""Filters and tags for every page: ``{% load abonent %}``.

A value that is missing is written «–», as in an empty cell; a value of the wrong kind is
an error of the page and is told loudly.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django import template
from django.forms import BaseForm, PasswordInput
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script

from abonent.common import words
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.interfaces.design.errors import ErrorLink, error_links

register = template.Library()

NOTHING = "–"

# Without ``422`` here htmx 2 would not show a form with errors (LIBRARIES trap 6); its own
# style element and eval would break the content security policy (trap 5).
HTMX_CONFIG = (
    '{"includeIndicatorStyles":false,"allowEval":false,"historyRestoreAsHxRequest":false,'
    '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
    '{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}'
)


class Month(Protocol):
    """Anything that lies in a month: a date or a billing period."""

    @property
    def year(self) -> int:
        """Return the year."""

    @property
    def month(self) -> int:
        """Return the month's number, from 1."""


@register.filter
def roubles(kopecks: int | None) -> str:
    """Write kopecks as «5 198,26 ₽»."""
    if kopecks is None:
        return NOTHING
    return f"{format_kopecks(_whole(kopecks))}{NO_BREAK}₽"


@register.filter
def sum_in_numbers(kopecks: int | None) -> str:
    """Write kopecks as «5 198,26», where the unit stands in the heading of the column."""
    return NOTHING if kopecks is None else format_kopecks(_whole(kopecks))


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Write a day as «24 ноября»."""
    return NOTHING if value is None else words.day_in_words(value)


@register.filter(expects_localtime=True)
def day_year(value: date | None) -> str:
    """Write a day as «24 ноября 2026»."""
    return NOTHING if value is None else words.day_and_year(value)


@register.filter(expects_localtime=True)
def month(value: Month | None) -> str:
    """Write the month of a date or of a billing period as «октябрь 2026»."""
    return NOTHING if value is None else words.month_and_year(value.year, value.month)


@register.filter(expects_localtime=True)
def month_in(value: Month | None) -> str:
    """Write the month as it stands after «в»: «октябре 2026»."""
    if value is None:
        return NOTHING
    return f"{words.MONTHS_IN[value.month - 1]}{NO_BREAK}{value.year}"


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Write a moment as «24 ноября 2026, 19:42» in the zone that is active."""
    return NOTHING if value is None else words.moment_in_words(value)


@register.filter
def volume(value: Decimal | int | None, unit: str) -> str:
    """Write a quantity as «4,480 м³»; a Decimal keeps the decimals it came with."""
    return NOTHING if value is None else words.quantity(value, unit)


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a number as «11 640» or «0,8672»."""
    return NOTHING if value is None else words.grouped(value)


@register.filter
def mask_email(address: str | None) -> str:
    """Write an address as «i•••••a@mail.ru»."""
    return words.masked_email(address) if address else NOTHING


@register.filter
def mask_phone(phone: str | None) -> str:
    """Write a number as «+7 912 •••-••-17»."""
    return words.masked_phone(phone) if phone else NOTHING


@register.filter
def plural(count: int, forms: str) -> str:
    """Choose the word for a count: ``{{ 5|plural:"день,дня,дней" }}`` is «дней»."""
    return words.plural(_whole(count), _forms(forms))


@register.filter
def counted(count: int, forms: str) -> str:
    """Write the count with its word: ``{{ 2|counted:"день,дня,дней" }}`` is «2 дня»."""
    return words.counted(_whole(count), _forms(forms))


@register.filter
def kilobytes(size: int | None) -> str:
    """Write a size in bytes as «42 кБ» or «1,2 МБ»."""
    return NOTHING if size is None else words.file_size(_whole(size))


@register.simple_tag(takes_context=True)
def page_errors(context: Context) -> tuple[ErrorLink, ...]:
    """Return what the box on top of the page lists.

    The view may put ``errors`` into the context; otherwise they are those of ``form`` and
    of the forms in ``forms``.
    """
    given = context.get("errors")
    if given:
        return tuple(given)
    return error_links(*[form for form in _page_forms(context) if form.errors])


@register.simple_tag(takes_context=True)
def kept_words(context: Context) -> str:
    """Return what of the typing is still there: a password never comes back to the page."""
    fields = [field for form in _page_forms(context) for field in form.fields.values()]
    if any(isinstance(field.widget, PasswordInput) for field in fields):
        return "Пароль введите ещё раз, остальное сохранено."
    return "Остальное сохранено, вводить заново не нужно."


def _page_forms(context: Context) -> list[BaseForm]:
    """Return the forms of the page."""
    found = [context.get("form"), *(context.get("forms") or ())]
    return [form for form in found if isinstance(form, BaseForm)]


@register.simple_tag
def htmx() -> SafeString:
    """Load htmx with the settings that our content security policy needs.

    Put it into the block ``scripts`` of the pages that use it, and only there.
    """
    return format_html(
        '<meta name="htmx-config" content="{}">{}', HTMX_CONFIG, htmx_script(version=2)
    )


class AgainNode(Node):
    """Renders a block of the page a second time."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> SafeString:
        """Return what the page has put into the block, or nothing."""
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name) if blocks is not None else None
        if block is None:
            return SafeString("")
        nodes: NodeList = block.nodelist
        return nodes.render(context)


@register.tag
def again(parser: Parser, token: Token) -> AgainNode:  # noqa: ARG001  (the signature is Django's)
    """Render a block once more, so that heading and ``<title>`` agree: ``{% again title %}``."""
    try:
        _, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("again takes the name of one block") from None
    return AgainNode(name)


def _whole(value: Any) -> int:
    """Return the value when it is a whole number; money and counts are never floats."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a whole number is expected, not {value!r}")
    return value


def _forms(text: str) -> tuple[str, str, str]:
    """Split «день,дня,дней» into its three words."""
    one, few, many = text.split(",")
    return one.strip(), few.strip(), many.strip()
