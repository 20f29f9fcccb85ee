"""A contract for `lint-imports`: modules that only read never import modules that write."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ReadersContract(Contract):
    """Every module of `rooms` that is not among `writers` imports none of `writers`.

    Options: `rooms`, packages whose modules either read or write; `writers`, the modules among them that write to the
    database or the disk, or call those that do. tests/architecture/test_writers.py holds the list against the code.
    """

    type_name = "readers"

    rooms = fields.SetField(subfield=fields.ModuleField())
    writers = fields.SetField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        writers = {module.name for module in self.writers}  # type: ignore[attr-defined]
        modules = {
            module
            for room in self.rooms  # type: ignore[attr-defined]
            for module in {room.name, *graph.find_descendants(room.name)}
        }
        broken = [
            (reader, writer)
            for reader in sorted(modules - writers)
            for writer in sorted(graph.find_modules_directly_imported_by(reader) & writers)
        ]
        unknown = sorted(writers - modules)
        return ContractCheck(kept=not broken and not unknown, metadata={"broken": broken, "unknown": unknown})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for reader, writer in check.metadata["broken"]:
            output.print_error(f"{reader} only reads and imports {writer}, which writes.")
        for module in check.metadata["unknown"]:
            output.print_error(f"{module} is no module of these rooms.")
