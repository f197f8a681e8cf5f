"""Agents of the tests: channels written as an operator writes them, and a way to call them."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from abonent.domain.payments.rules import AgentTerms, RawCall
from paying import CODE

USER, PASSWORD = "agent", "a-password-of-the-agent"
BASIC = "Basic YWdlbnQ6YS1wYXNzd29yZC1vZi10aGUtYWdlbnQ="
TERMS = AgentTerms(channel="telepay", name="TelePay", minimum=100, maximum=1_500_000)
RAW = RawCall(b"command=pay", "79.142.16.1")
FILE = """
[demo.osmp]
protocol = "osmp"
name = "Терминалы"
user = "agent"
password_env = "AGENT_PASSWORD"
maximum = "15000"
cancel_days = 0

[demo.telepay]
protocol = "telepay"
name = "TelePay"
addresses = ["127.0.0.0/8"]
cancel_days = 0

[demo.a3]
protocol = "a3"
addresses = ["127.0.0.0/8"]
unknown_account = "refuse"
cancel_days = 3

[demo.sber]
protocol = "eps"
name = "Сбербанк"
addresses = ["127.0.0.0/8"]
timezone = "Asia/Yekaterinburg"

[demo.sber2]
protocol = "eps2"
secret_file = "sber2-secret"

[demo.open]
protocol = "osmp"
"""


@dataclass
class Door:
    """The door as an agent sees it."""

    client: Client

    def call(self, channel: str = "osmp", *, raw: str | None = None, **told: Any):
        query = urlencode(told) if raw is None else raw
        return self.client.get(
            f"/api/agents/{CODE}/{channel}/?{query}", headers={"Authorization": BASIC}
        )

    def post(self, channel: str, body: bytes, content_type: str = "text/xml"):
        return self.client.post(
            f"/api/agents/{CODE}/{channel}/",
            body,
            content_type=content_type,
            headers={"Authorization": BASIC},
        )


def said(answer: Any) -> dict[str, str]:
    """Return the values of an answer by their tags, the lines of a screen by their names."""
    root = ET.fromstring(answer.content)  # noqa: S314  (our own answer)
    return {child.get("name") or child.tag: child.text or "" for child in root.iter()} | {
        "root": root.tag
    }


@pytest.fixture
def agents_file(settings, tmp_path, monkeypatch):
    """Write the channels down as an operator does."""
    monkeypatch.setenv("AGENT_PASSWORD", PASSWORD)
    (tmp_path / "sber2-secret").write_text("the-secret-of-sber")
    path = tmp_path / "agents.toml"
    path.write_text(FILE)
    settings.AGENTS_FILE = str(path)
    return path


@pytest.fixture
def door(agents_file):
    return Door(Client(enforce_csrf_checks=True))
