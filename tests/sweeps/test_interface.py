"""The interface for programs keeps what its specification says, whoever asks and whatever is sent.

schemathesis makes up requests for every operation: none may end in a fault, be answered with
something that the specification does not name, or take in what it calls wrong. Half of them go to
records that there are. `--api-examples 200` asks for longer than the suite does.
"""

import itertools

import pytest

from tests.sweeps.demonstration import NOBODY
from tests.sweeps.matrix import COLUMNS
from tests.sweeps.places import places

ASKING = ("adm", "con", "com", "par", "eva", "off", "fin", "app", "aud", "any")
ADDRESS = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def told(_demonstration):
    """The specification, and for each operation the records that there are."""
    import schemathesis

    app = _demonstration.app
    with _demonstration.open():
        found = [one for one in places(app) if one.endpoint.startswith("api.")]
    records = {}
    for place in found:
        values = app.url_map.bind("localhost").match(place.address, method=place.method)[1]
        path = place.rule.replace("<", "{").replace(">", "}")
        records.setdefault((place.method, path), []).append(values)
    return schemathesis.openapi.from_wsgi(ADDRESS, app), records


def test_no_fault_and_nothing_that_the_specification_does_not_say(
    told, demonstration, pytestconfig
):
    from schemathesis.core.failures import FailureGroup

    schema, records = told
    most = pytestconfig.getoption("--api-examples")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 25
    turns = itertools.cycle([COLUMNS[short][0] for short in ASKING])
    answered, faults = set(), []
    there = {key: itertools.cycle(found) for key, found in records.items()}

    def turn(case):
        name = next(turns)
        if case.path_parameters and name != NOBODY:
            case.path_parameters = dict(next(there[case.method.upper(), case.path]))
        answer = case.call(headers=demonstration.headers(name, ADDRESS))
        case.validate_response(answer, excluded_checks=_not_asked())
        answered.add(answer.status_code)

    for operation in operations:
        for ask in _asked(operation, most, turn):
            try:
                ask()
            except FailureGroup as found:
                faults.append(f"{operation.label}: {found}")
    assert not faults, "\n\n".join(faults)
    assert answered >= {200, 401, 403, 404, 422}


def _asked(operation, most, turn):
    """A test of requests that are right, and one of requests that are wrong where any can be."""
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import GenerationMode

    modes = [GenerationMode.POSITIVE]
    if operation.body or operation.query:
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:

        @settings(
            max_examples=most,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            turn(case)

        yield ask


def _not_asked():
    """Checks that send requests of their own; and a rule may refuse what is written rightly."""
    from schemathesis.specs.openapi import checks

    return [
        checks.ignored_auth,
        checks.use_after_free,
        checks.ensure_resource_availability,
        checks.unsupported_method,
        checks.positive_data_acceptance,
    ]


def test_money_is_whole_pence_and_no_figure_is_a_number_with_a_point(told):
    schema, _ = told
    types = set(_types_in(schema.raw_schema["components"]["schemas"]))
    types |= set(_types_in(schema.raw_schema["paths"]))
    assert types <= {"string", "integer", "boolean", "array", "object", "null"}


def _types_in(part):
    """Every type that stands somewhere in the specification."""
    if isinstance(part, dict):
        said = part.get("type", [])
        if isinstance(said, (str, list)):
            yield from [said] if isinstance(said, str) else said
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, (dict, list)):
            yield from _types_in(inner)


def test_every_operation_names_its_errors_and_every_error_has_one_form(told):
    schema, _ = told
    for path, methods in schema.raw_schema["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "patch"}:
                codes = set(operation["responses"])
                assert codes >= {"400", "401", "422", "429", "503"} or method == "parameters", path
                assert ("304" in codes) is (method == "get"), path
    for name, answer in schema.raw_schema["components"]["responses"].items():
        assert name == "NOT_MODIFIED" or list(answer["content"]) == ["application/problem+json"]
