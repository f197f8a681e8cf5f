"""The page at the staff's door: it leads who works here to their first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from abonent.domain.identity import queries as people
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.design.frame import Frame
from abonent.interfaces.design.view_choice import view_classes
from abonent.interfaces.office.pages import SECTIONS


@require_safe
def threshold(request: HttpRequest) -> HttpResponse:
    """Go to the first page that the person's rights open; say to everybody else where they are."""
    supplier: SupplierView | None = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    if supplier is not None and request.user.is_authenticated:
        warrant = people.warrant_of(user_id=int(request.user.pk), supplier_id=supplier.id)
        for _, name, right in SECTIONS:
            if warrant is not None and warrant.may(right):
                return redirect(name)
    frame = Frame(
        supplier_name=supplier.called if supplier else "",
        supplier_code=supplier.code if supplier else "",
        home_url=f"/{supplier.code}/" if supplier else "/",
        view_classes=view_classes(request),
    )
    return render(request, "office/threshold.html", {"frame": frame})
