"""What is typed by and for Young Commissioners."""

from forms import (
    AddressForm,
    CheckboxesField,
    DateField,
    MaxCharacters,
    MaxWords,
    MoneyField,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    choice,
)

LONGEST_TOLD = 5_000


class TellForm(PortalForm):
    """A young person tells someone."""

    text = TextAreaField(
        "What do you want to tell us?",
        [Required("Write what you want to tell"), MaxCharacters(LONGEST_TOLD)],
        hint="Write as much or as little as you like.",
        rows=6,
    )


class SettleForm(PortalForm):
    """What was done about it."""

    note = TextAreaField(
        "What was done?",
        [Required("Write what was done"), MaxWords(500)],
        hint="For you and your colleague. Keep the details in your own case system.",
        rows=5,
    )


class RingForm(PortalForm):
    """Whom the young people of a council ring."""

    ring = TextAreaField(
        "Who can they ring now?",
        [Required("Write who they can ring"), MaxCharacters(300)],
        hint="A name or a team and its number, one a line. It stands on their page.",
        rows=4,
    )
    lead = SelectField("Who leads on safeguarding at the council?", blank_label="Nobody yet")


class LogFilterForm(AddressForm):
    """Which entries are listed."""

    person = SelectField("Young person", blank_label="Everybody")
    what = SelectField("What", blank_label="Everything")
    paid = SelectField("Paid", blank_label="Paid or not", choices=[choice("no", "Not paid yet")])
    from_on = DateField("From", called="The first day")
    until_on = DateField("Until", called="The last day")


class EntryForm(PortalForm):
    """Hours, an expense or a voucher."""

    person = SelectField("Who?", [Required("Choose who it is")])
    kind = RadiosField(
        "What is it?",
        [Required("Choose what it is")],
        choices=[
            choice("time", "Time"),
            choice("expense", "An expense", hint="For example a bus ticket"),
            choice("voucher", "A voucher", hint="A thank-you for their time"),
        ],
    )
    on = DateField("On which day?", [Required("Enter the day")], called="The day")
    what = TextField(
        "What was it for?",
        [Required("Say what it was for"), MaxCharacters(200)],
        hint="For example “Scoring, summer opening”. No real names.",
    )
    hours = WholeNumberField(
        "Hours", minimum=0, maximum=12, called="The hours", hint="Only for time"
    )
    minutes = WholeNumberField("Minutes", minimum=0, maximum=59, called="The minutes")
    amount = MoneyField(
        "Amount",
        [RequiredIf("kind", "expense", "voucher", message="Enter the amount")],
        hint="Only for an expense or a voucher",
        called="The amount",
    )

    @property
    def whole_minutes(self):
        """Hours and minutes as minutes."""
        return (self.hours.data or 0) * 60 + (self.minutes.data or 0)


class PayForm(PortalForm):
    """What was handed out, and when."""

    entries = CheckboxesField("What was paid?", [Required("Choose what was paid")])
    paid_on = DateField("On which day?", [Required("Enter the day")], called="The day")


class StrikeForm(PortalForm):
    """Why an entry is wrong."""

    reason = TextAreaField(
        "Why is it wrong?", [Required("Say why it is wrong"), MaxWords(100)], rows=3
    )


class CertificateForm(PortalForm):
    """The name on a certificate: printed, and never kept."""

    name = TextField(
        "Which name shall be printed?",
        [MaxCharacters(100)],
        hint="It is printed once and not kept anywhere. Leave it empty to print the alias.",
        autocomplete="off",
        spellcheck=False,
    )
