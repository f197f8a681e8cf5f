"""What makes a supplier's site an application of the telephone (MISSION K1)."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from abonent.interfaces.design.theme import LIGHT
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.supplier import supplier_of

_SHELL = ("design/abonent.css", "design/once.js", "design/app.js", "design/icon.svg")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the application: the supplier's name and colours, where it begins."""
    supplier = supplier_of(request)
    theme = supplier.cabinet.get("theme", {})
    home = reverse("landing")
    return JsonResponse(
        {
            "name": f"{supplier.called}: личный кабинет",
            "short_name": supplier.called[:24],
            "lang": "ru",
            "id": home,
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "background_color": str(theme.get("paper", LIGHT["paper"])),
            "theme_color": str(theme.get("blue", LIGHT["blue"])),
            "icons": [{"src": static("design/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send the worker with the addresses of this supplier and the files of this release."""
    supplier_of(request)
    given = {
        "offline": reverse("app_offline"),
        "accounts": reverse("portal_accounts"),
        "leaving": [reverse("account_logout"), reverse("account_login")],
        "shell": [static(one) for one in _SHELL],
    }
    body = _worker()
    release = hashlib.sha256(f"{json.dumps(given)}{body}".encode()).hexdigest()[:12]
    text = f"const GIVEN = {json.dumps(given | {'release': release})};\n{body}"
    return HttpResponse(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


class Offline(OpenPage, TemplateView):
    """What is shown where there is no network; it is kept on the telephone beforehand."""

    template_name = "public/app/offline.html"


@cache
def _worker() -> str:
    return (Path(__file__).parent / "worker.js").read_text(encoding="utf-8")
