"""Addresses of paying and of asking about a debt without sign-in."""

from django.urls import path

from abonent.interfaces.public.money import autopay, views

urlpatterns = [
    path("open/payment/", views.Pay.as_view(), name="open_payment"),
    path("open/payment/check/", views.CheckPayment.as_view(), name="open_payment_check"),
    path("open/payment/<uuid:payment_uuid>/", views.Standing.as_view(), name="open_payment_state"),
    path("open/autopay/<str:token>/", autopay.StopAutopay.as_view(), name="autopay_stop"),
    path("open/debt/", views.Debt.as_view(), name="open_debt"),
]
