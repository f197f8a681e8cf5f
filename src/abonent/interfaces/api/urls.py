"""Addresses of the door of machines."""

from django.urls import path

from abonent.interfaces.api.callbacks.acquirers import AcquirerCallback
from abonent.interfaces.api.callbacks.agents import AgentDoor
from abonent.interfaces.api.health import Healthz, Readyz

app_name = "api"
urlpatterns = [
    path("healthz", Healthz.as_view(), name="healthz"),
    path("readyz", Readyz.as_view(), name="readyz"),
    path(
        "callbacks/yookassa/<str:supplier_code>/",
        AcquirerCallback.as_view(),
        {"channel": "yookassa"},
        name="yookassa_callback",
    ),
    path(
        "callbacks/tbank/<str:supplier_code>/",
        AcquirerCallback.as_view(),
        {"channel": "tbank"},
        name="tbank_callback",
    ),
    path(
        "callbacks/rbs/<str:supplier_code>/",
        AcquirerCallback.as_view(http_method_names=["get", "post"]),
        {"channel": "rbs"},
        name="rbs_callback",
    ),
    path("agents/<str:supplier_code>/<str:channel>/", AgentDoor.as_view(), name="agent"),
]
