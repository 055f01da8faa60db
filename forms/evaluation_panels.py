"""What people type when they assign scorers, look at an interest, and meet."""

from forms import (
    CheckboxesField,
    HiddenField,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    TextAreaField,
    WholeNumberField,
    choice,
)

SHARES = (
    choice("bid", "Whole bids", hint="The same people read a bid from its beginning to its end"),
    choice("question", "Whole questions", hint="The same people read one question across all bids"),
)
ACTS = (
    choice("give", "They score these as well"),
    choice("take", "They do not score these any more"),
)


class AssignForm(PortalForm):
    """What every change of the assignment states, and what was seen before it is applied."""

    each = WholeNumberField(
        "How many score each answer?",
        [Required("Say how many score each answer")],
        hint="Three are the published ideal",
        minimum=1,
        maximum=50,
    )
    seen = HiddenField(name="_seen")
    plan = HiddenField(name="_plan")


class ShareOutForm(AssignForm):
    """An even share, made by the portal."""

    share = RadiosField("What goes to the same people?", [Required("Choose one")], choices=SHARES)


class ChangeWorkForm(AssignForm):
    """Answers given to scorers, or taken from them, in bulk."""

    scorers = CheckboxesField("Who?", [Required("Choose at least one scorer")], small=True)
    act = RadiosField("What changes for them?", [Required("Choose one")], choices=ACTS)
    lots = CheckboxesField("Lots", hint="Tick none for all", small=True)
    questions = CheckboxesField("Questions", hint="Tick none for all", small=True)
    bids = CheckboxesField("Bids", hint="Tick none for all", small=True)


class MitigationForm(PortalForm):
    """What is done about an interest that somebody declared."""

    words = TextAreaField(
        "What is done about it?",
        [Required("Say what is done about it"), MaxWords(300)],
        hint="For example: who scores the bid instead, and that they leave the meeting for it.",
        rows=5,
    )


class MeetingForm(PortalForm):
    """Who is at a meeting of the panel now."""

    present = CheckboxesField("Who is here?", [Required("Tick who is here")], small=True)
