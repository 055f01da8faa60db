"""Text, choices, files: what is read, what is refused, what stands on the page."""

import io

import pytest

from forms import (
    CheckboxesField,
    CodeField,
    ConfirmCheckbox,
    Email,
    EmailField,
    FacesField,
    FileField,
    MaxCharacters,
    MaxWords,
    MinWords,
    PasswordField,
    RadiosField,
    Reference,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    WebAddress,
    YesNoField,
    choice,
)

LOTS = [choice("1A", "Lot 1A", hint="Self-contained"), choice("2A", "Lot 2A")]


def _error(form):
    return form["it"].errors[0] if form["it"].errors else None


def test_text_is_tidied(filled_in):
    form = filled_in(TextAreaField("Why?"), "  One\r\ntwo\rthree\x00\u200b ")
    assert form["it"].data == "One\ntwo\nthree"


def test_text_that_was_never_sent_is_empty_text(filled_in):
    assert filled_in(TextField("Name"), {})["it"].data == ""


def test_blanks_are_nothing(filled_in):
    assert (
        _error(filled_in(TextField("Name", [Required("Enter the name")]), "   "))
        == "Enter the name"
    )


def test_what_was_typed_cannot_break_out_of_the_page(filled_in):
    form = filled_in(TextField("<b>Name", hint='"><i>'), '"><script>alert(1)</script>')
    assert "<script>" not in form.html
    assert "<b>" not in form.html
    assert "<i>" not in form.html
    area = filled_in(TextAreaField("Why?"), "</textarea><script>")
    assert "<script>" not in area.html


def test_the_lines_of_a_long_text_come_back_as_they_were(filled_in):
    text = "One\n  two\n\n    three"
    radios = RadiosField("Kind", choices=[choice("x", "X")])
    form = filled_in(TextAreaField("Why?"), text, other=radios)
    assert f">{text}</textarea>" in form.html


def test_too_long_for_one_line(filled_in):
    assert _error(filled_in(TextField("Name"), "a" * 501)) == "Use 500 characters or fewer"


def test_too_long_by_two_limits_is_said_once_with_the_lower_one(filled_in):
    form = filled_in(TextField("Name", [MaxCharacters(200)]), "a" * 3_000)
    assert form["it"].errors == ["Use 200 characters or fewer"]


def test_marks_that_turn_the_reading_direction_are_not_kept(filled_in):
    form = filled_in(TextField("Name"), "Oak\u202e\u2066bridge\u2069 \u05d1\u05d9\u05ea")
    assert form["it"].data == "Oakbridge \u05d1\u05d9\u05ea"


def test_words_are_counted_and_the_page_says_how_many(filled_in):
    field = TextAreaField("Why?", [MaxWords(3)])
    assert _error(filled_in(field, "one two\nthree")) is None
    form = filled_in(field, "one two three four")
    assert _error(form) == "Use 3 words or fewer. You have 1 word too many"
    assert 'data-maxwords="3"' in form.html
    assert "You can enter up to 3 words" in form.html


def test_a_reason_needs_its_words(filled_in):
    assert (
        _error(filled_in(TextAreaField("Why?", [MinWords(8)]), "Good.")) == "Write at least 8 words"
    )
    assert _error(filled_in(TextAreaField("Why?", [MinWords(8)]), "")) is None


@pytest.mark.parametrize(
    "typed", ["ada@example", "ada", "a b@example.com", "a@b@c.com", "<a@b.com>"]
)
def test_no_email_address(filled_in, typed):
    assert "name@example.com" in _error(filled_in(EmailField("Email", [Email()]), typed))


@pytest.mark.parametrize("typed", ["ada@example.com", "ada.o'neil+x@mail.luton.gov.uk"])
def test_an_email_address(filled_in, typed):
    assert _error(filled_in(EmailField("Email", [Email()]), typed)) is None


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "www.example.org", "ftp://x.org", "http://[", "https://a b.org"],
)
def test_no_safe_web_address(filled_in, typed):
    assert _error(filled_in(TextField("Site", [WebAddress()]), typed))


def test_a_web_address_and_a_reference(filled_in):
    assert _error(filled_in(TextField("Site", [WebAddress()]), "https://example.org/a")) is None
    assert _error(filled_in(TextField("Reference", [Reference()]), "APL/2027-3")) is None
    assert _error(filled_in(TextField("Reference", [Reference()]), "../etc")) is not None


def test_a_password_is_taken_as_typed_and_never_shown(filled_in):
    form = filled_in(PasswordField("Password"), "  pass word  ")
    assert form["it"].data == "  pass word  "
    assert "pass word" not in form.html


def test_a_code_may_have_gaps(filled_in):
    assert filled_in(CodeField("Code"), "123 456")["it"].data == "123456"
    assert _error(filled_in(CodeField("Code"), "12345")) == "Enter the 6 numbers of the code"
    assert (
        _error(filled_in(CodeField("PIN", digits=4), "12a4")) == "Enter the 4 numbers of the code"
    )


def test_only_what_is_offered_can_be_chosen(filled_in):
    assert filled_in(RadiosField("Lot", choices=LOTS), "2A")["it"].data == "2A"
    assert _error(filled_in(RadiosField("Lot", choices=LOTS), "9Z"))
    assert _error(filled_in(SelectField("Lot", choices=LOTS), "9Z"))
    assert _error(filled_in(CheckboxesField("Lot", choices=LOTS), {"it": "9Z"}))


def test_what_is_disabled_cannot_be_chosen(filled_in):
    field = RadiosField("Lot", choices=[choice("1A", "Lot 1A", disabled=True)])
    assert _error(filled_in(field, "1A"))


def test_no_choice_is_no_fault_unless_one_is_required(filled_in):
    assert filled_in(RadiosField("Lot", choices=LOTS))["it"].data is None
    assert _error(filled_in(RadiosField("Lot", choices=LOTS))) is None
    required = RadiosField("Lot", [Required("Choose a lot")], choices=LOTS)
    assert _error(filled_in(required)) == "Choose a lot"


def test_ticked_boxes_are_a_list(filled_in):
    form = filled_in(CheckboxesField("Lots", choices=LOTS), {"it": ["1A", "2A"]})
    assert form["it"].data == ["1A", "2A"]
    assert form.html.count(" checked") == 2
    assert filled_in(CheckboxesField("Lots", choices=LOTS), {})["it"].data == []


def test_choices_can_be_numbers(filled_in):
    field = RadiosField("Score", choices=[choice(n, str(n)) for n in range(6)], coerce=int)
    assert filled_in(field, "0")["it"].data == 0
    assert "checked" in filled_in(field, "0").html
    assert _error(filled_in(field, "six"))


def test_zero_is_an_answer(filled_in):
    field = FacesField("Feel", [Required("Choose a face")], choices=[choice(0, "Bad", face=1)])
    assert _error(filled_in(field, "0")) is None


def test_yes_and_no(filled_in, kept_in):
    assert filled_in(YesNoField("Insured?"), "no")["it"].data is False
    assert filled_in(YesNoField("Insured?", [Required("Say")]), "no")["it"].errors == []
    assert filled_in(YesNoField("Insured?"))["it"].data is None
    assert _error(filled_in(YesNoField("Insured?"), "maybe"))
    assert 'value="no" checked' in kept_in(YesNoField("Insured?"), False)


def test_a_box_that_must_be_ticked(filled_in):
    field = ConfirmCheckbox("All is true", [Required("Tick the box")])
    assert _error(filled_in(field)) == "Tick the box"
    assert filled_in(field, "yes")["it"].data is True


def test_a_choice_can_open_further_questions(house):
    with house.test_request_context("/sample"):
        from tests.rooms.shell.house import SampleForm

        form = SampleForm(kind="own")
        html = str(form.kind(reveals={"rent": form.landlord()}))
    assert 'id="conditional-kind-2"' in html
    assert "govuk-radios__conditional--hidden" in html
    assert html.count('name="landlord"') == 1


def test_a_file_is_asked_for_again_when_another_field_failed(house):
    from tests.rooms.shell.house import SampleForm

    data = {"report": (io.BytesIO(b"%PDF-1.7"), "ofsted.pdf")}
    with house.test_request_context("/sample", method="POST", data=data):
        form = SampleForm()
        form.validate()
        assert form.report.data.filename == "ofsted.pdf"
        assert "Choose the file again" in str(form.report())


def test_a_file_that_was_not_chosen(filled_in):
    assert _error(filled_in(FileField("Report", [Required("Choose a file")]))) == "Choose a file"


def test_one_slip_makes_one_error(filled_in):
    form = filled_in(RadiosField("N", [Required("Choose")], choices=LOTS, coerce=int), "x")
    assert len(form["it"].errors) == 1
