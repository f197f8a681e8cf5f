"""``abonent import``: a bundle of files goes in (EXCHANGE 2)."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.common.words import grouped
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.operations import BundleRefused, ImportReport
from abonent.domain.exchange.rules import ImportMode
from abonent.domain.exchange.rules.words import REJECTED_FOLDER
from abonent.interfaces.jobs.progress import FileProgress
from abonent.presets.load import load_preset


class Command(BaseCommand):
    """Load a supplier's bundle: everything or nothing, or the valid rows."""

    help = "Загрузить набор файлов поставщика (папка или zip)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of EXCHANGE 2."""
        parser.add_argument(
            "bundle", type=Path, metavar="BUNDLE", help="папка с файлами или её zip"
        )
        parser.add_argument(
            "--partial", action="store_true",
            help="загрузить верные строки, остальные выписать в rejected/",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="только проверить")

    def handle(self, **options: Any) -> None:
        """Load, then print the rows of each file; print the findings and end with 1."""
        path: Path = options["bundle"]
        mode = ImportMode.PARTIAL if options["partial"] else ImportMode.WHOLE
        mode = ImportMode.TRIAL if options["dry_run"] else mode
        try:
            report = exchange.import_bundle(
                path=path,
                mode=mode,
                find_preset=load_preset,
                rejected_to=_rejected_folder(path),
                now=clock.now(),
                progress=FileProgress(),
            )
        except BundleRefused as refusal:
            self._refused(refusal)
            sys.exit(1)
        self._report(report)

    def _refused(self, refusal: BundleRefused) -> None:
        for finding in refusal.findings:
            self.stderr.write(str(finding))
        rest = refusal.count - len(refusal.findings)
        if rest > 0:
            self.stderr.write(f"… и ещё ошибок: {grouped(rest)}")
        self.stderr.write(refusal.text)

    def _report(self, report: ImportReport) -> None:
        for one in report.counts:
            rejected = f", {one.rejected} отклонено" if one.rejected else ""
            self.stdout.write(
                f"{one.file}: {one.inserted} новых, {one.updated} изменено, "
                f"{one.unchanged} без изменений{rejected}"
            )
        if report.mode is ImportMode.TRIAL:
            self.stderr.write("Проверка прошла, ничего не записано.")
        for file in report.rejected_files:
            self.stderr.write(f"Отклонённые строки с причинами: {file}")


def _rejected_folder(bundle: Path) -> Path:
    """Return where rejected rows go: into the bundle's folder, for a zip into the current one."""
    home = bundle if bundle.is_dir() and os.access(bundle, os.W_OK) else Path()
    return home / REJECTED_FOLDER
