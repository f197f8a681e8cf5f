"""Addresses of the signed-in customer's pages.

Pages of one account lie under ``/accounts/<number>/``; which families there are stands in
``frame.ACCOUNT_FAMILIES``.
"""

from django.urls import include, path

from abonent.interfaces.portal.accounts.views import Home
from abonent.interfaces.portal.frame import ACCOUNT_FAMILIES

urlpatterns = [
    path("home/", Home.as_view(), name="portal_home"),
    path("accounts/", include("abonent.interfaces.portal.accounts.urls")),
    path("home/offices/", include("abonent.interfaces.portal.offices.urls")),
    path("ratings/", include("abonent.interfaces.portal.ratings.urls")),
    path("support/", include("abonent.interfaces.portal.support.urls")),
    path("profile/", include("abonent.interfaces.portal.profile.urls")),
    *[
        path(f"accounts/<str:number>/{tail}", include(f"abonent.interfaces.portal.{family}.urls"))
        for family, _, tail in ACCOUNT_FAMILIES
    ],
]
