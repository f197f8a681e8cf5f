"""The address of signing up."""

from django.urls import path

from abonent.interfaces.public.sign_up import views

urlpatterns = [path("sign-up/", views.SignUp.as_view(), name="account_signup")]
