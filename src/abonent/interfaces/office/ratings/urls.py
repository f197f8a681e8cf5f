"""Address of the ratings' results, under ``/office/ratings/``."""

from django.urls import path

from abonent.interfaces.office.ratings.views import Results

urlpatterns = [path("", Results.as_view(), name="ratings")]
