"""Small bundles of a billing department: every account in two or three rows."""

from bundles import write_bundle
from commands import run, statement

SUPPLIER = """code = "{code}"
name = "АО «Проверка»"
inn = "7204000019"
start_period = "2026-08"
"""
SERVICES = (
    "service;kind;name;unit;vat_percent\nel;electricity;Электроэнергия;kwh;22\n"
    "cw;cold_water;Холодная вода;m3;22\nht;heat;Отопление;gcal;22\n"
)
TARIFFS = (
    "service;category;from_quantity;valid_from;rate;vat_included\n"
    "el;;0;2026-01-01;6.47;yes\ncw;;0;2026-01-01;48.31;yes\n"
)
NORMS = "service;category;per;valid_from;volume;multiplier\ncw;mkd;resident;2026-01-01;4.745;3\n"
HEADS = {
    "accounts": "account;kind;category;residents;organisation_class;opened_on;closed_on\n",
    "agreements": "account;service;contract_number;valid_from;valid_to;tariff_category;meter_possible;price;losses_percent;losses_side;zones;max_power_kw;hours_per_day;pipe_mm;q_base;t_in;t_out_design\n",
    "meters": "account;service;serial;int_digits;frac_digits;ratio;installed_on;initial;verified_until;removed_on;final;parent_account;parent_serial;contract_number;zones\n",
    "readings": "account;meter_serial;zone;reading_date;channel;reading\n",
}


class Department:
    """What the department sends, account by account."""

    def __init__(self, folder, code="check"):
        self.folder, self.code, self.sent = folder, code, 0
        self.start()
        self.files.update({"services.csv": SERVICES, "tariffs.csv": TARIFFS, "norms.csv": NORMS})

    def start(self):
        self.files = {"supplier.toml": SUPPLIER.format(code=self.code)}

    def add(self, file, row):
        name = f"{file}.csv"
        self.files[name] = self.files.get(name, HEADS.get(file, "")) + row + "\n"

    def account(self, number, kind="household", residents=3, of_class="", closed=""):
        self.add("accounts", f"{number};{kind};mkd;{residents};{of_class};2015-03-01;{closed}")

    def agreement(self, number, service="el", category="", losses="", **given):
        usual = {"valid_from": "2015-03-01", "meter_possible": "no", "losses_percent": losses,
                 "contract_number": given.pop("contract", ""), "valid_to": given.pop("to", ""),
                 "tariff_category": category}  # fmt: skip
        names = HEADS["agreements"].strip().split(";")[2:]
        cells = ";".join(str((usual | given).get(name, "")) for name in names)
        self.add("agreements", f"{number};{service};{cells}")

    def meter(self, number, serial, service="el", **given):
        names = HEADS["meters"].strip().split(";")[3:]
        usual = {"int_digits": 6, "frac_digits": 0, "ratio": 1, "installed_on": "2019-08-20"}
        cells = ";".join(str(given.get(name, usual.get(name, ""))) for name in names)
        self.add("meters", f"{number};{service};{serial};{cells}")

    def readings(self, number, serial, values, channel="file", zone="single"):
        for day, value in values.items():
            self.add("readings", f"{number};{serial};{zone};{day};{channel};{value}")

    def metered(self, number, values, category="", service="el", **given):
        """Say all of an account with one meter."""
        self.account(number)
        self.agreement(number, service, category)
        self.meter(number, f"m{number}", service, **given)
        self.readings(number, f"m{number}", values)

    def send(self):
        """Import what was said since the last time."""
        self.sent += 1
        folder = write_bundle(self.folder / f"{self.code}{self.sent}", self.files)
        code, _, err = run("import", str(folder))
        assert code == 0, err
        self.start()

    def bill(self, period):
        """Bill and publish a month; returns (exit code, messages)."""
        code, _, err = run("bill", "--supplier", self.code, "--period", period, "--publish")
        return code, err

    def volumes(self, number, period):
        """Return (service, volume, amount) of the lines of a published bill."""
        lines = statement(self.code, number, period)["lines"]
        return [(line["service"], line["volume"], line["amount"]) for line in lines]

    def is_billed(self, number, period):
        place = ("--supplier", self.code, "--account", number, "--period", period, "--json")
        return run("statement", *place)[0] == 0
