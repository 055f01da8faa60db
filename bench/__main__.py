"""Measure everything and print it: `make bench`, or `python -m bench pages saves` for some of it."""

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import costs, evidence, growth, letters, pages, results, saves, starting, tender
from tools.server import ROOT, Server, fresh_demo

BUILD = ROOT / "build"
MEASURED = "bench.measured_wsgi:app"
COPIES = 8
Found = dict[str, Any]


def measure_start(_data: Path) -> Found:
    return starting.measure()


def measure_results(_data: Path) -> Found:
    return results.measure()


def measure_costs(_data: Path) -> Found:
    return costs.measure()


def measure_evidence(_data: Path) -> Found:
    return evidence.measure()


def measure_letters(data: Path) -> Found:
    return letters.measure(data)


def measure_tender(data: Path) -> Found:
    return tender.measure(data)


def measure_pages(data: Path) -> Found:
    """Every kind of page, fresh and with much more data; the memory of the worker beside it."""
    with Server(data, application=MEASURED) as server:
        smallest = pages.smallest(server)
        fresh = server.memory_mb()
        costs = pages.walk(server)
        loaded = server.memory_mb()
    with Server(data, application=MEASURED) as server:
        grown = growth.grow(server.data, COPIES)
        pages.again(server, costs)
    return {
        "smallest_page_milliseconds": round(smallest.milliseconds, 2),
        "smallest_page_cpu_milliseconds": round(smallest.cpu_milliseconds, 2),
        "median_page_milliseconds": _median(costs, "milliseconds"),
        "median_page_cpu_milliseconds": _median(costs, "cpu_milliseconds"),
        "most_statements": max(cost.statements for cost in costs),
        "pages_whose_statements_grow": _growing(costs),
        "memory_fresh_mb": round(fresh, 1),
        "memory_after_load_mb": round(loaded, 1),
        "rows_added": sum(grown.values()),
        "pages": [cost.as_dict() for cost in costs],
    }


def _median(costs: list[pages.Cost], name: str) -> float:
    return round(statistics.median(getattr(cost, name) for cost in costs), 2)


def _growing(costs: list[pages.Cost]) -> list[str]:
    grown = [cost for cost in costs if cost.large and cost.large.statements > cost.statements]
    return [f"{cost.kind} as {cost.role}" for cost in grown]


def measure_saves(data: Path) -> Found:
    with Server(data, application=MEASURED, processes=2) as server:
        return saves.measure(server)


PARTS: dict[str, Callable[[Path], Found]] = {
    "start": measure_start,
    "results": measure_results,
    "costs": measure_costs,
    "evidence": measure_evidence,
    "letters": measure_letters,
    "tender": measure_tender,
    "saves": measure_saves,
    "pages": measure_pages,
}


def show(part: str, found: Found) -> None:
    """Print one part for a person to read."""
    print(f"\n{part.capitalize()}\n{'-' * len(part)}")
    for name, value in found.items():
        if name != "pages":
            print(f"  {name.replace('_', ' '):32} {value}")
    if "pages" in found:
        _show_pages(found["pages"])


def _show_pages(costs: list[Found]) -> None:
    row = "  {:22} {:40} {:>7} {:>7} {:>4} {:>7} {:>7} {:>4}  {}"
    print("\n  milliseconds, of them the processor's, SQL statements; the same with more data")
    print(row.format("as", "page", "ms", "cpu", "SQL", "ms", "cpu", "SQL", ""))
    for cost in sorted(costs, key=lambda one: -one["milliseconds"]):
        grew = "" if cost["statements"] == cost["statements_grown"] else "grows"
        print(
            row.format(
                cost["role"],
                cost["page"],
                f"{cost['milliseconds']:.1f}",
                f"{cost['cpu_milliseconds']:.1f}",
                cost["statements"],
                f"{cost['milliseconds_grown']:.1f}",
                f"{cost['cpu_milliseconds_grown']:.1f}",
                cost["statements_grown"],
                grew,
            )
        )


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}.")
        return 2
    print("Telling the story …", flush=True)
    data = fresh_demo(BUILD / "bench-data")
    found = {}
    for part in wanted or PARTS:
        found[part] = PARTS[part](data)
        show(part, found[part])
    (BUILD / "bench.json").write_text(json.dumps(found, indent=1))
    print("\nbuild/bench.json has all of it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
