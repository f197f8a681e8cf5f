"""Address of offices and contacts."""

from django.urls import path

from abonent.interfaces.public.offices.views import Offices

urlpatterns = [path("offices/", Offices.as_view(), name="offices")]
