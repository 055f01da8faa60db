"""What people type when a council writes its own KPI set."""

from forms import (
    ConfirmCheckbox,
    HiddenField,
    MaxCharacters,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    YesNoField,
    choice,
)


class CopySetForm(PortalForm):
    """For which council a set is copied."""

    council = RadiosField("For which council?", [Required("Choose the council")])


class AboutSetForm(PortalForm):
    """What a set is called, and by when its returns are due."""

    title = TextField("What is the set called?", [Required("Enter a title"), MaxCharacters(200)])
    due_days = WholeNumberField(
        "How many days after the end of a period is a return due?",
        [Required("Enter a number of days")],
        minimum=1,
        maximum=92,
        called="The number of days",
        suffix="days",
    )


class KpiForm(PortalForm):
    """One KPI: what it is for, what is counted, what is good."""

    seen = HiddenField()
    name = TextField("Name", [Required("Enter a name"), MaxCharacters(120)])
    purpose = TextAreaField(
        "Why do you ask?",
        [Required("Say why you ask"), MaxCharacters(400)],
        hint="Begin with “To know”.",
        rows=2,
    )
    young_words = TextAreaField(
        "How do young people say it?",
        [MaxCharacters(300)],
        hint="In the Young Commissioners’ own words. They stand beside the formal definition.",
        rows=2,
    )
    unit = RadiosField(
        "What is reported?",
        [Required("Choose what is reported")],
        choices=[
            choice("percent", "A percentage", hint="One number as a share of another"),
            choice("number", "A number", hint="A count, or an average if you fill in “out of”"),
        ],
    )
    numerator = TextField(
        "What is counted?",
        [Required("Say what is counted"), MaxCharacters(200)],
        hint="For example, plans that were reviewed on time",
    )
    denominator = TextField(
        "Out of what?",
        [
            RequiredIf("unit", "percent", message="Say what it is a share of"),
            MaxCharacters(200),
        ],
        hint="For example, plans that were due for review. Leave it empty for a plain count.",
    )
    may_exceed = ConfirmCheckbox(
        "More than 100% is possible, as for hours beyond those that were bought"
    )
    decimals = ConfirmCheckbox(
        "The numbers may have decimal places, as for hours or an average",
    )
    direction = RadiosField(
        "Which way is better?",
        [Required("Choose which way is better")],
        choices=[choice("higher", "Higher is better"), choice("lower", "Lower is better")],
    )
    rated = YesNoField("Is there a target?", [Required("Choose yes or no")])
    target = TextField(
        "Target",
        [RequiredIf("rated", True, message="Enter the target"), MaxCharacters(12)],
        hint="In the unit of the KPI: 90, or 92.5",
        width=5,
    )
    tolerance = TextField(
        "By how much may it miss the target and still be amber?",
        [Required("Enter a number; 0 if there is no tolerance"), MaxCharacters(12)],
        hint="In percentage points for a percentage. 5 is usual.",
        width=5,
    )
    frequency = SelectField(
        "How often?",
        [Required("Choose how often")],
        choices=[
            choice("monthly", "Each month"),
            choice("quarterly", "Each quarter"),
            choice("six-monthly", "Each half year"),
            choice("yearly", "Each year"),
        ],
    )
    level = RadiosField(
        "For what is it reported?",
        [Required("Choose for what it is reported")],
        choices=[
            choice("organisation", "The organisation as a whole"),
            choice("setting", "Each branch or setting"),
            choice("both", "Both"),
        ],
    )

    @classmethod
    def of(cls, kpi, seen):
        """The form with a KPI in it."""
        return cls(data={"decimals": True, **kpi, "rated": kpi["target"] is not None, "seen": seen})

    def said(self):
        """What was typed, as the content of a set says it."""
        names = ("name", "purpose", "young_words", "unit", "numerator", "denominator")
        words = {name: (self[name].data or "").strip() for name in names}
        rest = {name: self[name].data for name in ("direction", "frequency", "level")}
        return {
            **words,
            **rest,
            "may_exceed": bool(self.may_exceed.data),
            "decimals": bool(self.decimals.data),
            "target": (self.target.data or "").strip() if self.rated.data else None,
            "tolerance": (self.tolerance.data or "").strip(),
        }
