"""A bundle as a zip: taken when it is one, refused when it is a trap."""

import stat
import zipfile

import pytest

from abonent.domain.exchange.operations import source
from abonent.domain.exchange.rules import ImportMode
from bundles import SUPPLIER, WHOLE, became, counts_of_tables, load, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def packed(tmp_path):
    """A function that packs files into a zip and returns its path."""

    def pack(files, name="bundle.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, text in files.items():
                archive.writestr(inside, text)
        return path

    return pack


def test_a_zip_is_a_bundle(packed):
    assert became(load(packed(WHOLE)))["accounts.csv"] == (2, 0, 0, 0)


def test_a_zip_of_one_folder_is_a_bundle(packed):
    files = {f"выгрузка/{name}": text for name, text in WHOLE.items()}
    files |= {"__MACOSX/выгрузка/._accounts.csv": "x", "выгрузка/.DS_Store": "x"}
    assert became(load(packed(files)))["accounts.csv"] == (2, 0, 0, 0)


@pytest.mark.parametrize(("name", "rule"), [
    ("../accounts.csv", "за пределы архива"), ("/etc/accounts.csv", "за пределы архива"),
    ("a\\..\\accounts.csv", "за пределы архива"), ("C:accounts.csv", "за пределы архива"),
    ("other/accounts.csv", "в разных папках"), ("passwords.txt", "такого файла в наборе не бывает"),
])  # fmt: skip
def test_paths_that_lead_elsewhere_are_refused(packed, name, rule):
    before = counts_of_tables()
    refused = refusal(packed({"supplier.toml": SUPPLIER, name: "account\n1\n"}))
    assert any(rule in one.rule for one in refused.findings)
    assert counts_of_tables() == before


def test_a_link_in_a_zip_is_refused(packed, tmp_path):
    path = tmp_path / "link.zip"
    info = zipfile.ZipInfo("accounts.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("supplier.toml", SUPPLIER)
        archive.writestr(info, "/etc/passwd")
    assert "ссылка" in refusal(path).findings[0].rule


def test_a_file_twice_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("supplier.toml", SUPPLIER)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("supplier.toml", SUPPLIER)
    assert "дважды" in refusal(path).findings[0].rule


def test_a_bomb_is_refused_before_it_is_read(packed, monkeypatch):
    monkeypatch.setattr(source, "SMALL", 1024)
    bomb = packed({"supplier.toml": SUPPLIER, "accounts.csv": "0" * 1024 * 1024})
    assert "бомб" in refusal(bomb).findings[0].rule


def test_what_is_no_bundle_is_refused(tmp_path):
    text = tmp_path / "bundle.txt"
    text.write_text("account\n", encoding="utf-8")
    assert "не папка и не zip" in refusal(text).findings[0].rule
    assert "нет" in refusal(tmp_path / "nowhere").findings[0].rule
    assert "неизвестно, чей" in refusal(tmp_path).findings[-1].rule


def test_rejected_rows_of_a_zip_lie_in_the_current_folder(packed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bad = {"supplier.toml": SUPPLIER, "accounts.csv": "account;kind\n1;household\n2;firm\n"}
    report = load(packed(bad), ImportMode.PARTIAL)
    assert [path.resolve() for path in report.rejected_files] == [
        tmp_path / "rejected" / "accounts.csv"
    ]
