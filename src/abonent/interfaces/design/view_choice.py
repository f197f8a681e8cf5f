"""How pages look to one person: the choice under «Размер и контраст», kept in a cookie."""

from collections.abc import Iterable

from django.http import HttpRequest

COOKIE = "view"
CHOICES = {
    "large": "Крупнее в полтора раза",
    "contrast": "Контрастнее",
    "no-pictures": "Без картинок",
}


def view_classes(request: HttpRequest) -> str:
    """Return the classes of the root element that the person chose."""
    return joined(request.COOKIES.get(COOKIE, "").split("."))


def joined(chosen: Iterable[str]) -> str:
    """Return the known choices among the given ones, in a fixed order."""
    given = set(chosen)
    return " ".join(choice for choice in CHOICES if choice in given)
