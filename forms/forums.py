"""What people type about forums and action plans."""

from forms import (
    CheckboxesField,
    DateField,
    DateTimeField,
    FileField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    built_form,
    choice,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT

MOST_THERE = 50


class ForumForm(PortalForm):
    """A forum or a workshop, before anybody is invited or after."""

    kind = RadiosField(
        "What is it?",
        [Required("Choose what it is")],
        choices=[choice("forum", "A provider forum"), choice("workshop", "A workshop")],
    )
    title = TextField("Title", [Required("Give it a title"), MaxCharacters(200)])
    council = SelectField("Which council calls it?", [Required("Choose the council")])
    partners = CheckboxesField("Which councils hold it together with you?")
    held_at = DateTimeField(
        "When does it begin?", [Required("Enter when it begins")], called="The beginning"
    )
    place = TextAreaField(
        "Where is it?",
        [Required("Say where it is"), MaxWords(60)],
        hint="An address, or how to join the call.",
        rows=2,
    )
    agenda = TextAreaField(
        "Agenda",
        [Required("Say what it is about"), MaxWords(500)],
        hint="One point a line.",
        rows=8,
    )


class InviteProvidersForm(PortalForm):
    """Who is invited."""

    providers = CheckboxesField("Whom do you invite?", [Required("Choose at least one provider")])


class ReplyForm(PortalForm):
    """Whether somebody of an organisation comes."""

    organisation = SelectField("For which organisation?", [Required("Choose the organisation")])
    coming = RadiosField(
        "Is somebody of your organisation coming?",
        [Required("Choose an answer")],
        choices=[choice("coming", "Yes"), choice("not-coming", "No")],
    )


class RecordForm(TakesFile, PortalForm):
    """Who came, and the minutes."""

    also_there = TextAreaField(
        "Who else was there?",
        [MaxWords(200)],
        hint="Posts of the councils, and guests, one a line. No names of young people.",
        rows=4,
    )
    minutes = TextAreaField(
        "Minutes",
        [Required("Write the minutes"), MaxWords(3000)],
        hint="Everybody invited can read them. Add what is to be done as actions afterwards.",
        rows=14,
    )
    file = FileField(
        "The minutes as a file, if there is one", hint=KINDS_HINT, accept=ACCEPTED_FILES
    )


def record_form(invited):
    """A form with a number of people for each provider that is invited.

    Args:
        invited: pairs of a provider's reference and its name, with the number kept so far.
    """
    fields = {
        f"came_{ref}": WholeNumberField(
            name, minimum=0, maximum=MOST_THERE, called=name, default=number
        )
        for ref, name, number in invited
    }
    return built_form(fields, base=RecordForm)


class CancelForumForm(PortalForm):
    """Why a forum is not held."""

    reason = TextAreaField(
        "Why is it cancelled?",
        [Required("Say why it is cancelled"), MaxWords(200)],
        hint="Everybody invited gets an email and can read this.",
        rows=4,
    )


class PlanForm(PortalForm):
    """An action plan: of which council, for what, and when it is first reviewed."""

    title = TextField("Name of the plan", [Required("Give the plan a name"), MaxCharacters(200)])
    council = SelectField("Council", [Required("Choose the council")])
    service = RadiosField("Which services does it cover?", [Required("Choose the services")])
    next_review_on = DateField(
        "When is the first review?",
        [Required("Enter the day of the first review")],
        hint="After that, every three months.",
        called="The day",
    )


class LookAtForm(PortalForm):
    """How one action stands at the review."""

    progress = RadiosField(
        "How does it stand?",
        [Required("Choose how it stands")],
        choices=[
            choice("on-track", "On track"),
            choice("at-risk", "At risk", hint="It may not be done in time"),
            choice("off-track", "Off track", hint="It will not be done without something new"),
            choice("done", "Done", hint="Close it too, so that its owner knows"),
        ],
    )
    note = TextAreaField(
        "What did the review say?",
        [
            RequiredIf("progress", "at-risk", "off-track", message="Say what is done about it"),
            MaxWords(200),
        ],
        hint="The management meeting reads this.",
        rows=3,
    )


class FinishReviewForm(PortalForm):
    """The summary for the management meeting."""

    summary = TextAreaField(
        "Summary for the management meeting",
        [Required("Write a summary"), MaxWords(400)],
        hint="What runs well, what does not, and what you ask the meeting for.",
        rows=8,
    )
