"""Addresses that letters carry, and the page where the electronic bill is asked for."""

from django.urls import path

from abonent.interfaces.public.letters import views

urlpatterns = [
    path("open/bills/", views.AskForBills.as_view(), name="open_bills"),
    path("letters/<str:token>/pay/", views.Pay.as_view(), name="letter_pay"),
    path("letters/<str:token>/readings/", views.Readings.as_view(), name="letter_readings"),
    path("letters/<str:token>/confirm/", views.Confirm.as_view(), name="letter_confirm"),
    path("letters/<str:token>/end/", views.End.as_view(), name="letter_end"),
    path("letters/paid/<uuid:payment_uuid>/", views.Paid.as_view(), name="letter_paid"),
]
