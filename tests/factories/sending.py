"""Sending a form as a browser does: look at the page first, keep its hidden fields, then press.

page = send(client, "/documents/of/…/accounts", {"file": a_file("accounts.pdf")})
page = send(client, address, {"reason": "Wrong rates"}, button="go")
page = press(client, "/applications/APP-…/check", "Submit")     # after a look at that page
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from tools.browser import Answer, Form


def forms_on(client: Any, address: str) -> list[Form]:
    """The forms of a page that this person can see."""
    shown = client.get(address, follow_redirects=True)
    assert shown.status_code == 200, (address, shown.status_code)
    return Answer(address, 200, shown.text, 0, 0).forms()


def form_on(client: Any, address: str, names: Any = (), action: str = "") -> Form:
    """The form of a page that has these fields, or goes to this address."""
    wanted = set(names)
    for form in forms_on(client, address):
        goes_to = urlsplit(urljoin(address, form.action)).path
        if form.method != "post" or goes_to == "/sign-out":
            continue
        bare = {name.removesuffix("-day") for name in form.names} | form.names
        if (not action or goes_to == action) and wanted <= bare:
            return form
    raise AssertionError(f"{address} has no form with {sorted(wanted)} {action}")


def send(
    client: Any,
    address: str,
    typed: Mapping[str, Any],
    *,
    form: Form | None = None,
    action: str = "",
    **options: Any,
) -> Any:
    """Fill in the form that has these fields and send it; returns the answer, not followed.

    Args:
        form: a form that was looked at before (to send an old page, or the same page twice).
    """
    form = form or form_on(client, address, _fields(typed), action)
    kept = {name: value for name, value in form.fields if value and name not in typed}
    data = {**kept, **{name: value for name, value in typed.items() if value is not None}}
    return client.post(urljoin(address, form.action or address), data=data, **options)


def autosave(
    client: Any, address: str, typed: Mapping[str, Any], *, form: Form | None = None
) -> Any:
    """Save as the page's own script does: the hidden fields, what changed, and its names."""
    form = form or form_on(client, address, _fields(typed))
    hidden = {name: value for name, value in form.fields if name == "csrf_token" or name[0] == "_"}
    names = [name.removesuffix("-day") for name in typed if not name.endswith(("-month", "-year"))]
    return client.post(
        urljoin(address, form.action or address),
        data={**hidden, **typed, "autosave_field": names},
        headers={"X-Requested-With": "autosave"},
    )


def _fields(typed: Mapping[str, Any]) -> list[str]:
    parts = ("-day", "-month", "-year")
    return [name for name in typed if not name.endswith(parts) and name not in {"go", "rows"}]
