"""Notices of acquirers: kept and answered at once, weighed later by a job (TRUST R4)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from abonent.common import clock
from abonent.domain.payments import operations as payments
from abonent.domain.suppliers import queries as suppliers

LARGEST_BODY = 64 * 1024


@method_decorator(csrf_exempt, name="dispatch")
class AcquirerCallback(View):
    """A notice about a payment of one supplier; it comes without a session."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, channel: str, supplier_code: str) -> HttpResponse:
        """Keep the notice and answer 200 without asking anybody anything."""
        return self._keep(request, channel, supplier_code, request.read(LARGEST_BODY + 1))

    def get(self, request: HttpRequest, channel: str, supplier_code: str) -> HttpResponse:
        """Do the same for a bank that tells by GET, where the address allows it."""
        query = request.META.get("QUERY_STRING", "")
        return self._keep(request, channel, supplier_code, query.encode("latin-1", "replace"))

    def _keep(
        self, request: HttpRequest, channel: str, supplier_code: str, body: bytes
    ) -> HttpResponse:
        supplier = suppliers.supplier_by_code(supplier_code)
        if supplier is None:
            raise Http404
        if len(body) > LARGEST_BODY:
            return HttpResponse(status=413)
        answer = payments.receive_notice(
            channel=channel,
            supplier_id=supplier.id,
            body=body,
            address=request.META.get("REMOTE_ADDR", ""),
            now=clock.now(),
        )
        return HttpResponse(answer, content_type="text/plain")
