"""The page at the staff's door: it says what there is, and what does the work meanwhile."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abonent.interfaces.design.frame import Frame
from abonent.interfaces.design.view_choice import view_classes


@require_safe
def threshold(request: HttpRequest) -> HttpResponse:
    """Say to anybody that there are no pages for staff yet; nothing of a supplier's people."""
    supplier = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    frame = Frame(
        supplier_name=supplier.called if supplier else "",
        supplier_code=supplier.code if supplier else "",
        home_url=f"/{supplier.code}/" if supplier else "/",
        view_classes=view_classes(request),
    )
    return render(request, "office/threshold.html", {"frame": frame})
