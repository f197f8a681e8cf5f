"""The address of the outbox."""

from django.urls import path

from abonent.interfaces.public.outbox import views

urlpatterns = [path("outbox/", views.outbox, name="outbox")]
