"""Who runs the first command can invite somebody, once."""

from portal.mail import Mail
from portal.people.models import Council
from tests.client import HygieneClient


def test_the_first_administrator_is_invited_once(app, session):
    run = app.test_cli_runner().invoke
    words = [
        "begin",
        "--council",
        "luton",
        "--name",
        "Luton",
        "--administrator",
        "Neil@luton.example",
    ]
    said = run(args=words)
    assert said.exit_code == 0, said.output
    link = said.output.split()[-1]
    assert link.removeprefix("http://localhost") in session.query(Mail).one().body
    page = HygieneClient(app, app.response_class).get(link.removeprefix("http://localhost"))
    assert (page.status_code, "Luton" in page.text) == (200, True)
    assert session.query(Council).one().is_host
    again = run(args=words)
    assert (again.exit_code, "already" in again.output) == (1, True)
