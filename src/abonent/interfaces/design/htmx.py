"""How a view answers htmx and a browser without scripts alike."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

UNPROCESSABLE = 422


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether a script asked for a part of the page; going back in history asks for all."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def page_or_fragment(
    request: HttpRequest,
    *,
    page: str,
    fragment: str,
    context: Mapping[str, object],
    status: int = 200,
) -> HttpResponse:
    """Render the page, or only the fragment that the page itself includes.

    The answer says that it depends on who asked, so no cache gives one for the other.
    """
    template = fragment if is_htmx(request) else page
    response = render(request, template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def form_again(
    request: HttpRequest, *, page: str, fragment: str = "", context: Mapping[str, object]
) -> HttpResponse:
    """Render the form with its errors and status 422; htmx is told to show it as well."""
    return page_or_fragment(
        request,
        page=page,
        fragment=fragment or page,
        context=context,
        status=UNPROCESSABLE,
    )
