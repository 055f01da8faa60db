"""What people type when they choose and word what a round asks."""

from forms import (
    CheckboxesField,
    MaxCharacters,
    MoneyField,
    PercentField,
    PortalForm,
    RadiosField,
    Required,
    TextAreaField,
    TextField,
    WholeNumberField,
    YesNoField,
    built_form,
    choice,
)


def questions_form(sections, kept, **more):
    """Return a form with a list of boxes for each section.

    Args:
        sections: with `key`, `title` and the `questions` that may be chosen by themselves.
        kept: keys of the questions that are asked now.
    """
    fields = {
        f"keep-{section['key']}": CheckboxesField(
            section["title"],
            choices=[choice(one["key"], one["label"]) for one in section["questions"]],
            small=True,
        )
        for section in sections
    }
    values = {
        f"keep-{section['key']}": [one["key"] for one in section["questions"] if one["key"] in kept]
        for section in sections
    }
    return built_form(fields, data=values, **more)


PROMISE = {
    "label": "Is the answer a promise?",
    "hint": "The contract of whoever wins repeats it word for word. Without a contract it has no effect.",
}


class WordingForm(PortalForm):
    """A question in a round's own words."""

    label = TextField("The question", [Required("Write the question"), MaxCharacters(200)])
    title = TextField("A short name for tables and letters", [MaxCharacters(80)])
    hint = TextField("Hint", [MaxCharacters(400)])
    guidance = TextAreaField(
        "What a good answer shows", hint="One on each line. Scorers read the same lines", rows=6
    )
    words = WholeNumberField("Limit of words", minimum=1, maximum=5000, width=5)
    required = YesNoField("Must it be answered?", [Required("Choose yes or no")])
    promise = YesNoField(**PROMISE)


class NewQuestionForm(PortalForm):
    """A question that no content has."""

    section = RadiosField("In which part of the application?", [Required("Choose a part")])
    label = TextField("The question", [Required("Write the question"), MaxCharacters(200)])
    title = TextField("A short name for tables and letters", [MaxCharacters(80)])
    hint = TextField("Hint", [MaxCharacters(400)])
    kind = RadiosField(
        "How is it answered?",
        [Required("Choose how it is answered")],
        choices=[
            choice("text", "In a line"),
            choice("long-text", "In words, up to a limit"),
            choice("number", "With a number"),
            choice("money", "With an amount of money"),
            choice("date", "With a date"),
            choice("yes-no", "Yes or no"),
            choice("one-of", "One of several answers"),
            choice("many-of", "One or more of several answers"),
            choice("file", "With a file"),
        ],
    )
    options = TextAreaField(
        "The answers to choose from", hint="One on each line. Only for a choice", rows=4
    )
    words = WholeNumberField(
        "Limit of words", hint="Only for an answer in words", minimum=1, maximum=5000, width=5
    )
    role = RadiosField(
        "What is the answer for?",
        [Required("Choose what it is for")],
        choices=[
            choice("information", "For information"),
            choice("pass-fail", "To pass or fail", hint="Answered with yes or no"),
            choice("scored", "To be scored", hint="Give it a weight in the scheme afterwards"),
        ],
    )
    pass_value = RadiosField(
        "Which answer passes?",
        choices=[choice("yes", "Yes"), choice("no", "No")],
        hint="Only for a question that passes or fails",
    )
    required = YesNoField("Must it be answered?", [Required("Choose yes or no")])
    promise = YesNoField(**PROMISE)
    per_lot = YesNoField("Is it asked for each lot?", [Required("Choose yes or no")])
    lots = CheckboxesField("Only for these lots", hint="Leave empty for all lots", small=True)


class LinesForm(PortalForm):
    """Which documents, or which prices, are asked for."""

    lines = CheckboxesField("Asked for", [Required("Choose at least one")], small=True)


def item_form(item, **more):
    """Return the form of one price, or one discount, of the rate card."""
    amount = PercentField if item["unit"] == "percent" else MoneyField
    fields = {
        "title": TextField("What is it called?", [Required("Enter a name"), MaxCharacters(120)]),
        "hint": TextField("Hint", [MaxCharacters(400)]),
        "required": YesNoField("Must everybody state it?", [Required("Choose yes or no")]),
        "minimum_pence": amount("Least that can be entered", [Required("Enter the least")]),
        "maximum_pence": amount("Most that can be entered", [Required("Enter the most")]),
    }
    return built_form(fields, data=dict(item), **more)


UNITS = [
    choice("week", "A price for a week"),
    choice("hour", "A price for an hour"),
    choice("night", "A price for a night"),
    choice(
        "percent", "A discount", hint="In per cent. The scheme states in which order it is taken"
    ),
]


class NewItemForm(PortalForm):
    """A price, or a discount, that no rate card has."""

    title = TextField("What is it called?", [Required("Enter a name"), MaxCharacters(120)])
    hint = TextField("Hint", [MaxCharacters(400)])
    unit = RadiosField("What is it?", [Required("Choose what it is")], choices=UNITS)
    required = YesNoField("Must everybody state it?", [Required("Choose yes or no")])
    least = MoneyField("Least that can be entered", [Required("Enter the least")],
                       hint="Of a discount, in per cent")  # fmt: skip
    most = MoneyField("Most that can be entered", [Required("Enter the most")],
                      hint="Of a discount, in per cent")  # fmt: skip
    lots = CheckboxesField("Only for these lots", hint="Leave empty for all lots", small=True)


class EligibilityForm(PortalForm):
    """Which questions make the two-minute check."""

    questions = CheckboxesField("Which questions does it ask?", small=True)


class AddLotForm(PortalForm):
    """A lot that the agreement did not have."""

    code = TextField("Code", [Required("Enter a code")], hint="Such as 4A or F6", width=5)
    title = TextField("What is it called?", [Required("Give the lot a title"), MaxCharacters(200)])
    ages = TextField("Ages", [MaxCharacters(40)], hint="Such as 16–17", width=10)
    description = TextAreaField(
        "What is it?", [Required("Say what the lot is"), MaxCharacters(1_000)], rows=4
    )


def check_form(questions, **more):
    """Return the two-minute check: yes or no to each question."""
    fields = {
        one["key"]: YesNoField(
            one["label"], [Required("Choose yes or no")], hint=one["hint"], called=one["label"]
        )
        for one in questions
    }
    return built_form(fields, **more)


__all__ = [
    "AddLotForm",
    "EligibilityForm",
    "LinesForm",
    "WordingForm",
    "check_form",
    "item_form",
    "questions_form",
]
