"""Addresses of the open pages, a file per page family."""

from django.urls import include, path

FAMILIES = (
    "landing", "sign_in", "sign_up", "legal", "outbox", "documents", "readings", "calculator",
    "money", "faq", "offices", "news", "letters", "stolen", "app",
)  # fmt: skip

urlpatterns = [path("", include(f"abonent.interfaces.public.{family}.urls")) for family in FAMILIES]
