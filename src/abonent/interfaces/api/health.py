"""Two questions of whoever watches the site: does it live, can it work."""

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.views import View


class Healthz(View):
    """The process answers; nothing else is looked at."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Answer 200."""
        return HttpResponse("ok\n", content_type="text/plain")


class Readyz(View):
    """The site can serve: its database answers."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Answer 200, or 503 naming what is missing."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError:
            return HttpResponse("database\n", content_type="text/plain", status=503)
        return HttpResponse("ok\n", content_type="text/plain")
