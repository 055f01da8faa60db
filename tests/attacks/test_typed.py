"""What is typed stays what it was typed as: a name writes no line into a mail, an address no other."""

import email
import email.policy
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from werkzeug.datastructures import MultiDict

from forms import EmailField, PortalForm, TextAreaField, TextField
from portal import mail
from portal.access import Role
from portal.db import db
from portal.mail import Mail, Message
from portal.web import words_of_address
from tests.factories.people import a_person, as_person
from tests.factories.sending import send

ROOT = Path(__file__).resolve().parents[2]
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


class _Form(PortalForm):
    name = TextField("Name")
    address = EmailField("E-mail")
    text = TextAreaField("Text")

    class Meta(PortalForm.Meta):
        csrf = False


@pytest.mark.parametrize("end", BREAKS)
def test_one_line_is_one_line(app, end):
    typed = f"Ada{end}Bcc: eve@evil.example{end}{end}Sign in at https://evil.example"
    with app.test_request_context():
        form = _Form(MultiDict({"name": typed, "address": typed, "text": typed}))
    assert len(form.name.data.splitlines()) == 1
    assert len(form.address.data.splitlines()) == 1
    assert form.text.data.splitlines()[0] == "Ada"  # lines are what this field is for


@pytest.mark.parametrize("end", BREAKS)
def test_a_name_that_came_another_way_writes_no_header(app, session, end, monkeypatch):
    """A file that was brought in, or the interface for programs, may hold what no form lets through."""
    name = f"Oak{end}Bcc: eve@evil.example{end}X: y"
    mail.to_address(
        Message.INVITATION,
        "ada@oak.example",
        now=app.config["CLOCK"](),
        token="t" * 43,
        inviter=name,
        organisation=name,
        role="contributor",
        until=app.config["CLOCK"](),
    )
    written = db.session.query(Mail).one()
    assert len(written.subject.splitlines()) == 1
    sent = _sent(app, written, monkeypatch)
    assert set(sent.keys()) & {"Bcc", "Cc", "X", "Reply-To"} == set()
    assert sent["To"] == "ada@oak.example"
    assert sent.get_content_type() == "text/plain"  # so markup in a name is nothing but letters


def test_a_very_long_name_still_makes_a_mail(app, session):
    mail.to_address(
        Message.INVITATION,
        "ada@oak.example",
        now=app.config["CLOCK"](),
        token="t" * 43,
        inviter="A" * 400,
        organisation="B" * 400,
        role="contributor",
        until=app.config["CLOCK"](),
    )
    assert len(db.session.query(Mail).one().subject) <= 200


def _sent(app, written, monkeypatch):
    """The message as a mail server would be handed it, read back."""
    taken = []
    line = SimpleNamespace(send_message=lambda message: taken.append(message.as_bytes()))
    line.__dict__["login"] = lambda *_: None

    class Connected:
        def __enter__(self):
            return line

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(mail, "_connected", lambda _server: Connected())
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://mail.example")
    mail._by_smtp(written)
    return email.message_from_bytes(taken[0], policy=email.policy.default)


@pytest.mark.parametrize(
    "address", ["/open-rounds\x00", "/rounds/RND-\x00", "/accredited-providers?words=%00"]
)
def test_a_zero_byte_in_an_address_is_no_fault(browser, address):
    assert browser.get(address).status_code == 400


def test_a_zero_byte_in_a_form_is_no_fault(browser, session):
    as_person(browser, a_person(Role.PROVIDER_CONTRIBUTOR))
    send(browser, "/account/name", {"name": "Ada\x00 Ash"})
    assert "Ada Ash" in browser.get("/account").text


@pytest.mark.parametrize(
    "word", ["endpoint", "self", "_external", "_scheme", "_method", "_anchor", "kind"]
)
def test_words_of_an_address_do_not_steer_where_it_leads(app, word):
    with app.test_request_context(f"/costs/rates?{word}=javascript&hours=5"):
        assert words_of_address("kind") == {"hours": "5"}


@pytest.mark.parametrize(
    "onward",
    [
        *("//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example"),
        *("\x01//evil", "/%0d%0aSet-Cookie:x=y", "javascript:alert(1)", "///evil.example"),
    ],
)
def test_no_word_of_an_address_leads_off_this_site(browser, session, onward):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    as_person(browser, ben)
    answer = browser.get("/sign-in", query_string={"next": onward})
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "evil" not in answer.location.split("/")[1]
    assert not {"\r", "\n"} & set(answer.location)


@pytest.mark.parametrize("host", ["evil.example", "localhost:1@evil.example", "evil.example/x"])
def test_another_name_for_this_host_reaches_no_link(browser, session, host):
    """What a mail leads to is said by the installation, never by whoever asked."""
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    form_page = "/password/forgotten"
    send(browser, form_page, {"email": ben.email}, headers={"Host": host})
    for one in db.session.query(Mail):
        assert "evil.example" not in one.body


def test_no_view_carries_the_words_of_an_address_on_by_itself():
    """`url_for(…, **request.args)` lets whoever writes the address steer it, or ends in a fault."""
    taken = re.compile(r"request\.args\.(items|to_dict)\(|\*\*request\.args")
    carried = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "portal").rglob("*.py")
        if taken.search(file.read_text(encoding="utf-8"))
    }
    # where it is done once for all, and where it is written into a query by a function for that
    assert carried == {"portal/web.py", "portal/api/paging.py"}
