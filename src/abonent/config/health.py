"""The address that a container's health check and a load balancer ask."""

from collections.abc import Callable

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class Health:
    """Answer ``/health`` before anything else looks at the request.

    A check comes under any host name and belongs to no supplier; it tells nothing but whether
    the site reaches its database.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 200 when the database answers, else 503."""
        if request.path_info != "/health":
            return self._get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError:
            return HttpResponse("database\n", content_type="text/plain", status=503)
        return HttpResponse("ok\n", content_type="text/plain")
