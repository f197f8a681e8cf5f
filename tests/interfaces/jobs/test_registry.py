"""``abonent registry``: what became of the rows goes to standard output, a refusal ends with 1."""

import pytest
from django.core.management import CommandError

from commands import run
from paying import CODE

pytestmark = pytest.mark.django_db
ROW = "1;{};24.11.2020 08:00:00;500.00\r\n"


def load(path, **changed):
    options = {"supplier": CODE, "channel": "telepay", "format": "terminals"} | changed
    return run("registry", str(path), *(f"--{name}={value}" for name, value in options.items()))


def test_a_registry_is_loaded_once(world, tmp_path):
    path = tmp_path / "20201124.txt"
    path.write_text(f"{ROW.format('0010012345')}=1;500.00\r\n")
    assert load(path) == (0, "зачислено по реестру: 1, 500,00\xa0₽\n", "")
    code, said, refused = load(path)
    assert (code, said) == (1, "")
    assert "уже загружен" in refused
    assert world.owes() == -50_000


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"format": "excel"}, "Нет формата «excel»"),
        ({"supplier": "nobody"}, "Поставщика с кодом «nobody» нет"),
    ],
)
def test_what_is_not_there_is_named(world, tmp_path, changed, says):
    path = tmp_path / "x.txt"
    path.write_text("x")
    code, said, refused = load(path, **changed)
    assert (code, said) == (1, "")
    assert says in refused


def test_no_file(world, tmp_path):
    with pytest.raises(CommandError, match=r"none\.txt: No such file"):
        load(tmp_path / "none.txt")
