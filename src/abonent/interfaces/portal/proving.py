"""Who sits at the cabinet proves it once more before money may leave without a bank's page."""

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def recently_proven(request: HttpRequest) -> bool:
    """Tell whether this session was proven in the last five minutes: by signing in or again.

    Whoever has neither a password nor a second step cannot be asked for one; such a person
    signs in by a code each time, and is told of every card by a letter.
    """
    if not get_reauthentication_flows(request.user):
        return True
    proven = [float(one.get("at", 0)) for one in get_authentication_records(request, request.user)]
    return bool(proven) and time.time() - max(proven) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_proof(address: str) -> HttpResponse:
    """Lead to the question for the password, and from there to the address given."""
    asked = urlencode({REDIRECT_FIELD_NAME: address})
    return redirect(f"{reverse('account_reauthenticate')}?{asked}")
