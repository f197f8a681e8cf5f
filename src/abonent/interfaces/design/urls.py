"""Addresses of the gallery; the root puts them under ``gallery/``."""

from django.urls import path

from abonent.interfaces.design.views import gallery

app_name = "design"
urlpatterns = [path("", gallery, name="gallery")]
