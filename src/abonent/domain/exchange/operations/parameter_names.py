"""The basis of a charge names parameter rows by identifiers that mean something only here.

An export writes their keys instead, an import puts its own identifiers back, so that a
restored line is explained by the same rows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from abonent.domain.suppliers.queries import ServiceView
from abonent.domain.tariffs import queries as tariffs

_RATE_KEY = ("service_id", "component", "category", "zone", "from_quantity", "valid_from")
_NORM_KEY = ("service_id", "category", "per", "valid_from")
_MEMBERS = {"rate": ("rate",), "norm": ("id", "norm_id")}
_UNKNOWN = r'"(rate|id|norm_id)":"(?:[^"\\]|\\.)*"'


@dataclass(frozen=True)
class ParameterNames:
    """The members of a basis with an identifier, and the same ones with a key."""

    by_id: list[str]
    by_key: list[str]

    @classmethod
    def of(cls, supplier_id: int, services: Mapping[int, ServiceView]) -> "ParameterNames":
        """Return the names of a supplier's prices and norms."""
        codes = {number: service.code for number, service in services.items()}
        rates = tariffs.rates_frame(supplier_id=supplier_id).select("rate_id", *_RATE_KEY)
        norms = tariffs.norms_frame(supplier_id=supplier_id).select("norm_id", *_NORM_KEY)
        by_id, by_key = [], []
        for kind, frame in (("rate", rates), ("norm", norms)):
            for number, service_id, *rest in frame.iter_rows():
                key = "|".join(str(part) for part in (codes[service_id], *rest))
                # The sign after the number tells 1 from 11.
                for member in _MEMBERS[kind]:
                    for end in ",}":
                        by_id.append(f'"{member}":{number}{end}')
                        by_key.append(f'"{member}":{json.dumps(key, ensure_ascii=False)}{end}')
        return cls(by_id, by_key)

    def named(self, basis: pl.Series) -> pl.Series:
        """Return the basis with keys in place of identifiers."""
        return basis.str.replace_many(self.by_id, self.by_key) if self.by_id else basis

    def numbered(self, basis: pl.Series) -> pl.Series:
        """Return the basis with this installation's identifiers; rows unknown here are 0."""
        known = basis.str.replace_many(self.by_key, self.by_id) if self.by_id else basis
        return known.str.replace_all(_UNKNOWN, '"$1":0')
