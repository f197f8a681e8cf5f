"""Compressing pages on their way out: a page of 15 kB is a second at 256 kbit/s (UX 3.3, 11).

Compression beside secrets is dangerous: whoever can make a person's browser repeat a request
with chosen text in it, and sees the lengths of the answers, can guess a secret of the page
sign by sign (BREACH). Two things stand against it. The one secret that all pages hold, the
CSRF token, is masked anew by Django in each answer, and other people's sites cannot repeat a
POST with the person's cookie. And the length is blurred: Django's gzip writes a file name of
random length into the head; brotli has no such place, so a comment of random length is put
after the page. What is compressed already, pictures and PDF, is left alone.
"""

import re
import secrets
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponse]
_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")
_TAKES_BROTLI = re.compile(r"(?:^|,)\s*br\s*(?:$|,|;\s*q=(?:1|0\.0*[1-9]))")
# Shorter answers gain nothing; the limit is that of Django's gzip.
_SHORTEST = 200
_QUALITY = 5  # 0.4 ms for a page; 11 would take thirty times as long for a tenth less
_BLUR = 100


class Compression:
    """Send texts by brotli or gzip, whichever the browser takes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._gzip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith(_TEXTS) or response.has_header("Content-Encoding"):
            return response
        if response.streaming or len(response.content) < _SHORTEST:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        whole = kind.startswith("text/html") and "HX-Request" not in request.headers
        if whole and _TAKES_BROTLI.search(request.headers.get("Accept-Encoding", "")):
            blur = secrets.token_urlsafe(secrets.randbelow(_BLUR))
            page = b"%b<!--%b-->" % (response.content, blur.encode().replace(b"-", b"_"))
            response.content = brotli.compress(page, mode=brotli.MODE_TEXT, quality=_QUALITY)
            response.headers["Content-Encoding"] = "br"
            response.headers["Content-Length"] = str(len(response.content))
            return response
        self._gzip.process_response(request, response)
        return response
