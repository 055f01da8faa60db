"""What is typed when the exclusion of a supplier is decided, and by the supplier that is heard."""

from forms import (
    CheckboxesField,
    DateField,
    DateTimeField,
    FileField,
    MaxCharacters,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    TextAreaField,
    TextField,
    YesNoField,
    choice,
)
from forms.documents import ACCEPTED_FILES, KINDS_HINT

PEOPLE = [
    choice("supplier", "The supplier itself"),
    choice("connected-person", "A connected person", hint="A director, an owner, a parent company"),
    choice("associated-person", "Somebody on whom the supplier relies to meet the conditions"),
    choice("sub-contractor", "A sub-contractor"),
]


class OpenExclusionForm(PortalForm):
    """The grounds that may apply, and what the supplier is told."""

    keys = CheckboxesField("Which grounds may apply?", [Required("Choose a ground")], small=True)
    about = RadiosField("To whom?", [Required("Choose to whom")], choices=PEOPLE)
    who = TextField("Who is it?", [MaxCharacters(200)], hint="Leave empty for the supplier itself")
    happened_on = DateField(
        "When did it last happen?",
        [Required("Enter the day")],
        hint="The day of the conviction, decision, breach or event",
        called="The day",
    )
    evidence = TextAreaField(
        "How do you know?",
        [Required("Say how you know"), MaxCharacters(4_000)],
        hint="What was declared, found or published, and where. The supplier reads this",
    )
    notice = TextAreaField(
        "What do you ask the supplier?",
        [Required("Write what the supplier is told"), MaxCharacters(4_000)],
        hint="What happened, what it put right, whether it could happen again, whom it could replace",
    )
    answer_until_at = DateTimeField(
        "Until when may it answer?",
        [Required("Enter a date and time")],
        called="The date to answer",
    )


class DebarmentForm(PortalForm):
    """A look-up in the debarment list."""

    found = RadiosField(
        "What did you find?",
        [Required("Choose what you found")],
        choices=[
            choice("not-listed", "Nobody is listed"),
            choice("listed-discretionary", "Listed, for a discretionary ground"),
            choice("listed-mandatory", "Listed, for a mandatory ground"),
        ],
    )
    names = TextAreaField(
        "Which names did you look for?",
        [Required("Say which names you looked for"), MaxCharacters(2_000)],
        hint="The supplier, its connected persons, and those who will do part of the work",
        rows=3,
    )
    note = TextAreaField(
        "Who is listed, since when, and for what?",
        [MaxCharacters(2_000)],
        hint="Leave empty if nobody is",
        rows=3,
    )


class DecideExclusionForm(PortalForm):
    """The decision of the first officer."""

    replaced = CheckboxesField(
        "Who is not relied on any more?",
        hint="Only somebody on whom the supplier relied, or a sub-contractor, can be replaced",
        small=True,
    )
    may_recur = YesNoField(
        "Does it go on, or is it likely to happen again?", [Required("Choose yes or no")]
    )
    weighed = CheckboxesField("What did you weigh?", [Required("Say what you weighed")], small=True)
    exclude = YesNoField("Is the supplier excluded?", [Required("Choose yes or no")])
    reason = TextAreaField(
        "Reason",
        [Required("Give the reason"), MaxCharacters(4_000)],
        hint="The supplier reads this. Take up what it said",
    )


class ConfirmExclusionForm(PortalForm):
    """What the second person says."""

    decision = RadiosField(
        "Do you confirm it?",
        [Required("Choose whether you confirm it")],
        choices=[
            choice("confirm", "Yes, I have read everything and confirm it"),
            choice("send-back", "No, it must be decided anew"),
        ],
    )
    reason = TextAreaField("Why not?", [MaxCharacters(2_000)], hint="Leave empty if you confirm it")


class LiftForm(PortalForm):
    """Why an exclusion is taken back."""

    reason = TextAreaField(
        "Why is it lifted?", [Required("Say why it is lifted"), MaxCharacters(2_000)]
    )


class AnswerExclusionForm(PortalForm):
    """The supplier is heard, once."""

    answer = TextAreaField(
        "Your answer",
        [Required("Write your answer"), MaxCharacters(20_000)],
        hint="Is it true? What did you put right, pay, change and promise? Could it happen again?",
        rows=14,
    )


class ExclusionFileForm(PortalForm):
    """A file beside the supplier's answer."""

    file = FileField(
        "Add a file", [Required("Choose a file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )


class NoticeForm(PortalForm):
    """That the authority was told, or why it need not be."""

    outcome = RadiosField(
        "Was the authority told?",
        [Required("Choose whether it was told")],
        choices=[choice("given", "Yes"), choice("not-needed", "No notice is needed")],
    )
    given_on = DateField(
        "On which day?",
        [RequiredIf("outcome", "given", message="Enter the day")],
        called="The day",
    )
    told = TextField(
        "Which authority?",
        [
            RequiredIf("outcome", "given", message="Say which authority was told"),
            MaxCharacters(200),
        ],
        hint="For a council in England: the Cabinet Office",
    )
    reference = TextField("Its reference", [MaxCharacters(100)], hint="Leave empty if it gave none")
    not_needed = TextAreaField(
        "Why not?",
        [RequiredIf("outcome", "not-needed", message="Say why not"), MaxCharacters(2_000)],
        rows=3,
    )


class ProceedingsForm(PortalForm):
    """What happened in court about an exclusion."""

    occasion = RadiosField(
        "What happened?",
        [Required("Choose what happened")],
        choices=[
            choice("proceedings-begun", "Proceedings were begun"),
            choice("proceedings-outcome", "They came to their outcome"),
        ],
    )
    happened_on = DateField("On which day?", [Required("Enter the day")], called="The day")
