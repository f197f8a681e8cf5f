"""The address of the first page, ``/accounts/<number>/``."""

from django.urls import path

from abonent.interfaces.portal.overview import views

urlpatterns = [path("", views.Overview.as_view(), name="overview")]
