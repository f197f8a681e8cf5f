"""The gallery of styles, for those who build pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abonent.interfaces.design.gallery import sample_context


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show each component with sample data; only where the installation is not a real one."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "design/gallery.html", sample_context())
