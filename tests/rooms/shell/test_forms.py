"""What every form does: its errors on top, a broken rule beside its field, nothing typed lost."""

import json
from dataclasses import dataclass

import pytest
from werkzeug.datastructures import MultiDict

from forms import AddressForm, SelectField, TextField, choice, typed_text
from tests.rooms.shell.house import AnswerForm, SampleForm


@dataclass
class Broken:
    """A broken rule, as scoring raises it."""

    message: str
    field: str | None = None


def test_the_summary_leads_to_each_field_in_the_order_of_the_page(house):
    with house.test_request_context("/sample", method="POST", data={"expires-day": "3"}):
        form = SampleForm()
        form.validate()
        assert [line["href"] for line in form.error_summary][:4] == [
            "#name",
            "#rate",
            "#expires-month",
            "#lots",
        ]


def test_a_broken_rule_stands_beside_its_field(house):
    with house.test_request_context("/sample"):
        form = SampleForm()
        form.add_rule_error(Broken("The rate is above the most that the round takes.", "rate"))
        html = str(form.rate())
    assert "above the most" in html
    assert 'aria-describedby="rate-error"' in html
    assert form.error_summary == [
        {"text": "The rate is above the most that the round takes.", "href": "#rate"}
    ]


def test_a_broken_rule_without_a_field_stands_on_top(house):
    with house.test_request_context("/sample"):
        form = SampleForm()
        form.add_rule_error(Broken("The deadline has passed."))
        form.add_rule_error(Broken("Another reason.", "unknown"))
    assert [line["text"] for line in form.error_summary] == [
        "The deadline has passed.",
        "Another reason.",
    ]
    assert form.errors


def test_an_autosave_names_what_it_changed(house):
    data = MultiDict([("autosave_field", "likes"), ("autosave_field", "answer"), ("answer", "Yes")])
    headers = {"X-Requested-With": "autosave"}
    with house.test_request_context("/answer", method="POST", data=data, headers=headers):
        form = AnswerForm()
        assert form.wants_autosave
        assert [field.name for field in form.changed_fields()] == ["answer", "likes"]
        assert form.likes.data == []


def test_filters_live_in_the_address(house):
    class Filter(AddressForm):
        words = TextField("Words")
        stage = SelectField("Stage", choices=[choice("draft", "Draft")])

    with house.test_request_context("/list?words=oak&stage=draft"):
        form = Filter()
        assert form.validate()
        assert (form.words.data, form.stage.data) == ("oak", "draft")
    with house.test_request_context("/list?stage=made-up"):
        assert not Filter().validate()


def test_a_form_carries_the_labels_under_which_it_is_handed_back(house):
    with house.test_request_context("/sample", method="POST"):
        labels = SampleForm().labels
    assert labels["name"] == "Name of the home"
    assert not {"password", "code", "report", "save", "csrf_token"} & labels.keys()
    sent = MultiDict(
        [
            ("_labels", json.dumps(labels)),
            ("csrf_token", "x"),
            ("_seen", "1"),
            ("password", "hush"),
            ("code", "123456"),
            ("name", "Oak House"),
            ("expires-day", "31"),
            ("shopping", "never asked"),
        ]
    )
    assert typed_text(sent) == [
        ("Name of the home", "Oak House"),
        ("When does the certificate expire? (day)", "31"),
    ]


@pytest.mark.parametrize("labels", ["", "[]", "{", "null", "7"])
def test_labels_that_cannot_be_read_are_no_fault(labels):
    sent = MultiDict([("_labels", labels), ("shopping", "Bread"), ("current", "my password")])
    assert typed_text(sent) == [("Shopping", "Bread")]


def test_what_was_typed_is_handed_back_without_secrets():
    sent = MultiDict(
        [
            ("csrf_token", "x"),
            ("password", "hush"),
            ("new_pin", "1234"),
            ("recovery_code", "zzz"),
            ("reason_for_change", "Rates\nrise"),
            ("empty", " "),
            ("lots", "1A"),
            ("lots", "2A"),
        ]
    )
    assert typed_text(sent) == [
        ("Reason for change", "Rates\nrise"),
        ("Lots", "1A"),
        ("Lots", "2A"),
    ]
