"""The root of all addresses; a supplier's prefix is taken off by the middleware."""

from django.urls import include, path

urlpatterns = [
    path("", include("abonent.interfaces.public.urls")),
    path("", include("abonent.interfaces.portal.urls")),
    path("office/", include("abonent.interfaces.office.urls")),
    path("api/", include("abonent.interfaces.api.urls")),
    path("gallery/", include("abonent.interfaces.design.urls")),
]
