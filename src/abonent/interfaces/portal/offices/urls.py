"""Address of offices within the cabinet: ``/home/offices/``."""

from django.urls import path

from abonent.interfaces.portal.offices.views import Offices

urlpatterns = [path("", Offices.as_view(), name="portal_offices")]
