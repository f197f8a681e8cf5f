"""Calls of agents who took money for us: one door for all of their protocols."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from abonent.common import clock
from abonent.domain.payments.operations import answer_agent
from abonent.domain.payments.ports import AgentCall, AgentReply, agents

LARGEST_BODY = 64 * 1024


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class AgentDoor(View):
    """A channel of one supplier; what is not configured is not there."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, supplier_code: str, channel: str) -> HttpResponse:
        """Let the agent's adapter read the call, carry it out, let it say the answer."""
        agent = agents().agent(supplier_code, channel)
        if agent is None:
            raise Http404
        call = _call(request)
        refused = agent.refusal(call)
        if refused is not None:
            return _answer(refused)
        if len(call.body) > LARGEST_BODY:
            return HttpResponse(status=413)
        asked = agent.read(call)
        answer = answer_agent(
            supplier_code=supplier_code,
            terms=agent.terms,
            asked=asked,
            raw=call.raw,
            now=clock.now(),
        )
        return _answer(agent.write(call, asked, answer))

    post = get


def _call(request: HttpRequest) -> AgentCall:
    """Return the request as it came; who called is what our own proxies say."""
    # Without a proxy of ours anybody could write the header himself.
    proxied = settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0
    header = settings.AGENT_CERTIFICATE_HEADER
    return AgentCall(
        method=request.method or "",
        query=request.META.get("QUERY_STRING", "").encode("latin-1", "replace"),
        body=request.read(LARGEST_BODY + 1) if request.method == "POST" else b"",
        content_type=request.content_type or "",
        address=str(get_adapter().get_client_ip(request)),
        authorization=request.headers.get("Authorization", ""),
        certificate=request.headers.get(header, "") if proxied else "",
    )


def _answer(reply: AgentReply) -> HttpResponse:
    return HttpResponse(
        reply.body,
        content_type=reply.content_type,
        status=reply.status,
        headers=dict(reply.headers),
    )
