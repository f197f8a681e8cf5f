"""Warming a worker before it takes its first request: a hook of the web server.

A fresh process would import the rooms, compile the templates and open the database while the
first visitors wait, a second or two each. Nothing here may stop a start: what fails is told
and left to the first request.
"""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_log = logging.getLogger("abonent.warming")
# One page of each door, without a supplier and with one.
DOORS = ("/", "/office/", "/api/healthz", "/{supplier}/", "/{supplier}/sign-in/")


def post_worker_init(worker: Any) -> None:
    """Warm the worker; the server calls it before the worker listens."""
    try:
        warm(worker.wsgi)
    except Exception:  # noqa: BLE001 - whatever fails, the site must start
        _log.warning("Сайт не удалось прогреть, первые страницы откроются медленнее", exc_info=True)


def warm(application: Any) -> int:
    """Compile every template and ask for one page of each door; return how many answered."""
    from django.db import connections

    compile_templates()
    quiet = logging.getLogger("abonent.request")
    quiet.disabled = True
    try:
        return sum(_ask(application, path) for path in _paths())
    finally:
        quiet.disabled = False
        # The connection belongs to this thread, and requests are answered in others.
        connections.close_all()


def compile_templates() -> int:
    """Compile every template of the house; return how many there are."""
    from django.apps import apps
    from django.template.loader import get_template

    folders = [
        Path(app.path) / "templates"
        for app in apps.get_app_configs()
        if app.name.startswith("abonent.")
    ]
    names = [str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html")]
    for name in names:
        get_template(name)
    return len(names)


def _paths() -> list[str]:
    from abonent.domain.suppliers import queries as suppliers

    found = suppliers.all_suppliers()
    return [
        path.format(supplier=found[0].code if found else "")
        for path in DOORS
        if found or "{supplier}" not in path
    ]


def _ask(application: Any, path: str) -> int:
    """Send a request through the whole stack; return 1 for an answer that is no fault."""
    from django.conf import settings
    from django.test import RequestFactory

    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    environ = RequestFactory(SERVER_NAME=host, headers={"Accept-Encoding": "br"}).get(path).environ
    statuses: list[str] = []
    body = application(environ, lambda status, _headers: statuses.append(status))
    for _ in body:
        pass
    if hasattr(body, "close"):
        body.close()
    return int(not statuses[0].startswith("5"))
