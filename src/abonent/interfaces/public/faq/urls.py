"""Address of questions and answers."""

from django.urls import path

from abonent.interfaces.public.faq.views import Faq

urlpatterns = [path("faq/", Faq.as_view(), name="faq")]
