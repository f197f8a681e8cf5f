"""The address of a notice's link «это не я»."""

from django.urls import path

from abonent.interfaces.public.stolen import views

urlpatterns = [path("stolen/<str:mark>/", views.Stolen.as_view(), name="stolen")]
