"""The project's own papers: dependencies with reasons, no machine's paths, templates without inline."""

import re
import subprocess

import pytest
from source import ROOT, SOURCE

INLINE = re.compile(
    r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*(?:\bsrc=|application/json))", re.IGNORECASE
)
FOREIGN = re.compile(r"(?:src|href)=\"(?:https?:)?//", re.IGNORECASE)


def templates():
    return sorted(SOURCE.rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_template_has_nothing_inline_nor_foreign(path):
    text = path.read_text(encoding="utf-8")
    assert not INLINE.search(text)
    assert not FOREIGN.search(text)


def test_our_pages_never_ask_for_a_card():
    asking = [
        path
        for path in templates()
        if "abonent" in path.parts and "cc-number" in path.read_text(encoding="utf-8")
    ]
    assert not asking


def test_every_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if re.match(r'^  "[a-z][\w.\[\]-]*[<>=]', line)]
    assert len(named) > 20
    assert not [line for line in named if "#" not in line]


def test_the_lock_names_no_host_and_has_hashes():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count("--hash=sha256:") > 100


def test_no_path_of_a_machine():
    wanted = "/(" + "|".join(["wo" + "rk", "ro" + "ot", "t" + "mp"]) + ")/[a-z.]"
    found = subprocess.run(
        ["git", "grep", "-nE", wanted, "--", ".", ":!*.lock", ":!.gitignore"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode in {0, 1}
    assert not found.stdout


@pytest.mark.django_db
def test_models_and_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
