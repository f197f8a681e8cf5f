"""Around each request: the supplier of its address, refusals in words, one log line."""

import logging
import re
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import set_script_prefix
from django.utils import timezone

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.suppliers import queries as suppliers

Answer = Callable[[HttpRequest], HttpResponse]
# A signed mark in an address is a key: it stays out of the log (TRUST T40).
_SIGNED = re.compile(r"/[^/]+:[^/]+:[^/]+/")
_log = logging.getLogger("abonent.request")


# The door of machines: no page of a supplier begins so.
MACHINES = "api"


class RequestLog:
    """Write method, path without query, status and server milliseconds of each request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        started = time.perf_counter()
        response = self.get_response(request)
        spent = (time.perf_counter() - started) * 1000
        if not request.path.startswith("/static/"):
            path = _SIGNED.sub("/…/", request.path)
            _log.info("%s %s %s %.1f ms", request.method, path, response.status_code, spent)
        response.headers["Server-Timing"] = f"app;dur={spent:.1f}"
        return response


class SupplierPrefix:
    """Find the supplier by host name or by the first part of the path.

    ``/sesb/readings/`` is answered as ``/readings/`` of the supplier ``sesb``; all
    addresses that pages build begin with the same prefix, as with any mount point.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        request.supplier = None  # type: ignore[attr-defined]  # set by a middleware or a library without types
        head, _, rest = request.path_info.lstrip("/").partition("/")
        if head == MACHINES:
            # Their addresses name the supplier themselves; a terminal waits for each query.
            set_script_prefix("/")
            return self.get_response(request)
        found = suppliers.supplier_for_host(request.get_host().partition(":")[0])
        if found is None and head and (found := suppliers.supplier_by_code(head)):
            request.path_info = f"/{rest}"
            request.META["SCRIPT_NAME"] = f"/{head}"
            set_script_prefix(f"/{head}/")
        else:
            set_script_prefix("/")
        request.supplier = found  # type: ignore[attr-defined]  # set by a middleware or a library without types
        # Moments are shown by the clock of the supplier's place.
        with timezone.override(found.timezone if found else None):
            return self.get_response(request)


class Refusals:
    """Answer a refusal that no view has caught with a plain page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn NotFound into 404 and any other Refusal into a 400 page with its words."""
        if isinstance(error, NotFound):
            return render(request, "404.html", status=404)
        if isinstance(error, Refusal):
            return render(request, "400.html", {"refusal": error}, status=400)
        return None
