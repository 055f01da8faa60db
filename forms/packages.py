"""What people type about reviews of packages."""

from forms import (
    DateField,
    DecimalField,
    MaxCharacters,
    MaxWords,
    MoneyField,
    PortalForm,
    RadiosField,
    Required,
    TextAreaField,
    TextField,
)

RATIO_HINT = "Workers to young people, like 1:3"


class PeriodForm(PortalForm):
    """The period that a review looks at."""

    from_on = DateField("First day", [Required("Enter the first day")])
    until_on = DateField("Last day", [Required("Enter the last day")], hint="Today or earlier")


class PackageForm(PortalForm):
    """One placement."""

    placement = TextField(
        "Reference of the placement",
        [Required("Enter the reference of the placement"), MaxCharacters(30)],
        hint="As in your own records, such as PLC-0042. Never a name.",
        width=20,
    )
    weeks = DecimalField(
        "Weeks in the period",
        [Required("Enter the weeks")],
        places=1,
        minimum=0,
        maximum=260,
        hint="For example, 12 or 4.5",
        width=5,
    )
    core = MoneyField("Core price for one week", [Required("Enter the core price")])
    hour = MoneyField(
        "Price of an hour of support, one worker with one young person",
        [Required("Enter the price of an hour")],
    )
    agreed_hours = DecimalField(
        "Agreed: hours of support in a week",
        [Required("Enter the agreed hours")],
        places=1,
        minimum=0,
        maximum=168,
        width=5,
    )
    agreed_ratio = TextField(
        "Agreed: staffing ratio",
        [Required("Enter the agreed ratio"), MaxCharacters(10)],
        hint=RATIO_HINT,
        width=5,
    )
    delivered_hours = DecimalField(
        "Delivered: hours of support in a week",
        [Required("Enter the delivered hours")],
        places=1,
        minimum=0,
        maximum=168,
        width=5,
    )
    delivered_ratio = TextField(
        "Delivered: staffing ratio",
        [Required("Enter the delivered ratio"), MaxCharacters(10)],
        hint=RATIO_HINT,
        width=5,
    )
    paid = MoneyField("Paid in the whole period", [Required("Enter what was paid")])
    note = TextAreaField(
        "Note (if any)", [MaxWords(100)], hint="How it is known. Do not name anybody.", rows=3
    )


class ConcludePackagesForm(PortalForm):
    """What a review leads to."""

    outcome = RadiosField("What does it lead to?", [Required("Choose one")])
    words = TextAreaField("Why?", [Required("Say why"), MaxWords(300)], rows=4)
    action = TextAreaField(
        "What is the provider to do (if anything)?",
        [MaxWords(200)],
        hint="It becomes an action in the list of actions, and the provider is told.",
        rows=3,
    )
    post = TextField(
        "Who is to do it?", [MaxCharacters(100)], hint="A post, such as Registered manager"
    )
    due_on = DateField("By when?", hint="Only if there is something to do")
