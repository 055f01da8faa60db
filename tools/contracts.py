"""Contracts on imports that import-linter does not bring itself."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class _ImportContract(Contract):
    """A contract that looks at each direct import of one package."""

    package = fields.StringField()

    def refuses(self, importer: str, imported: str) -> bool:
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = str(self.package)
        importers = {package, *graph.find_descendants(package)}
        broken = [
            f"{importer} -> {imported}"
            for importer in sorted(importers)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self.refuses(importer, imported)
        ]
        output.verbose_print(verbose, f"{len(importers)} modules of {package}")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)


class StandardLibrary(_ImportContract):
    """The package imports itself and the standard library."""

    def refuses(self, importer: str, imported: str) -> bool:
        top = imported.partition(".")[0]
        return top != str(self.package) and top not in sys.stdlib_module_names


class OwnViews(_ImportContract):
    """Files called views…, in a room or in one of its parts, are imported by their own room alone."""

    def refuses(self, importer: str, imported: str) -> bool:
        parts = imported.split(".")
        views = parts[0] == str(self.package) and parts[-1].startswith("views")
        return views and importer.split(".")[:2] != parts[:2]


class VerbsWithoutTheWeb(_ImportContract):
    """Files called actions… and policy… import none of the forbidden modules."""

    forbidden_modules = fields.SetField(subfield=fields.StringField())

    def refuses(self, importer: str, imported: str) -> bool:
        verb = importer.rpartition(".")[2].startswith(("actions", "policy"))
        return verb and any(
            imported == name or imported.startswith(f"{name}.") for name in self.forbidden_modules
        )
