"""A form with errors, kept at home and shown by a page that is only read.

Sent, kept, led to: Back, a reload and a second tab show the errors again and send nothing
twice. What is secret (passwords, codes that were sent) is not kept; the errors about it are.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import get_script_prefix

from abonent.interfaces.design.fields import CodeField
from abonent.interfaces.portal.one_time import KEY

# The name, in an address, of the one-time key under which a form is kept.
KEPT = "kept"
_ERRORS = "errors"
_LONGEST = 2000


def kept_key(request: HttpRequest) -> str:
    """Return the key of the form that a page is to show again, '' for an empty page."""
    key = request.GET.get(KEPT, "") if request.method in ("GET", "HEAD") else ""
    return key if KEY.match(key) else ""


def address_of_kept(request: HttpRequest, key: str) -> str:
    """Return the address of the same page that shows what is kept under the key.

    A form that waited for the password to be asked once more comes back without the
    supplier's prefix in its path, so the prefix is put there anew.
    """
    query = request.GET.copy()
    query[KEPT] = key
    return f"{get_script_prefix().rstrip('/')}{request.path_info}?{query.urlencode()}"


def content_of(form: forms.BaseForm) -> dict[str, str]:
    """Return what was typed, but for secrets, and what is wrong with it."""
    names = {name: form.add_prefix(name) for name, field in form.fields.items() if _may_keep(field)}
    typed = {
        name: str(form.data[given])[:_LONGEST]
        for name, given in names.items()
        if given in form.data
    }
    errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    return {**typed, _ERRORS: json.dumps(errors, ensure_ascii=False)}


def typed_in(content: Mapping[str, str]) -> dict[str, Any]:
    """Return the kept answers without the errors, to bind a form with."""
    return {name: value for name, value in content.items() if name != _ERRORS}


def put_errors(form: forms.BaseForm, content: Mapping[str, str]) -> None:
    """Let the form say exactly what was wrong when it was sent, judging nothing anew."""
    form.errors.clear()
    for name, texts in json.loads(content.get(_ERRORS, "{}")).items():
        form.add_error(name if name in form.fields else None, texts)


def _may_keep(field: forms.Field) -> bool:
    secret = isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
    return not secret and not isinstance(field, CodeField)
