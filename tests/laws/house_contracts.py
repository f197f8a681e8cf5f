"""The house's own kind of import contract."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ModelsStayHome(Contract):
    """A room's models are imported by that room alone; others get dataclasses."""

    container = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (its signature)
        """Find every import of a room's models from outside the room."""
        strangers = [
            (importer, models)
            for room in graph.find_children(self.container)
            if (models := f"{room}.models") in graph.modules
            for importer in graph.find_modules_that_directly_import(models)
            if importer != room and not importer.startswith(f"{room}.")
        ]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each stranger."""
        for importer, models in check.metadata["strangers"]:
            output.print_error(f"{importer} imports {models}: ask the room's queries instead")
