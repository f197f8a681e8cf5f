"""The paper of the example of RULES 8, from the bundle to the file, through the commands alone."""

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from pdfminer.high_level import extract_text

from commands import DATA, run, statement

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = "0010012345"


def receipt(out: Path) -> tuple[int, str, str]:
    return run(
        "receipt", "--supplier", "demo", "--account", ACCOUNT, "--period", "2026-10", "--out", str(out)
    )  # fmt: skip


def test_the_paper_says_what_the_statement_says(tmp_path: Path) -> None:
    assert run("import", str(DATA / "rules8"))[0] == 0
    draft = tmp_path / "draft.pdf"
    code, _, err = receipt(draft)
    assert code == 1
    assert "не опубликован" in err
    assert not draft.exists()

    assert run("bill", "--supplier", "demo", "--period", "2026-10", "--publish")[0] == 0
    paper = tmp_path / "bill.pdf"
    code, _, err = receipt(paper)
    assert code == 0, err
    text = " ".join(extract_text(paper).split())
    for words in (
        "К оплате", "5 198,26 ₽", "до 16 ноября 2026", "4 998,26", "3 491,64", "1 200,00",
        "123,456", "125,900", "12 октября 2026", "В том числе НДС 901,33 ₽.",
    ):  # fmt: skip
        assert words in text, words

    picture = pypdfium2.PdfDocument(paper)[0].render(scale=200 / 72).to_pil()
    (code_read,) = zxingcpp.read_barcodes(picture)
    assert code_read.bytes.decode() == statement("demo", ACCOUNT, "2026-10")["qr"]

    again = tmp_path / "again.pdf"
    assert receipt(again)[0] == 0
    assert again.read_bytes() == paper.read_bytes()
