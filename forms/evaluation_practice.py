"""What people type when they make a practice round and write its made-up bids."""

from forms import (
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    choice,
)


class MakePracticeForm(PortalForm):
    """From which questions, and under which name."""

    source = SelectField(
        "Whose questions?", [Required("Choose a round")], hint="A round that your council leads"
    )
    title = TextField(
        "What is the practice called?",
        [Required("Give it a name"), MaxCharacters(120)],
        hint="Everybody sees that its bids are made up",
    )


class MadeUpAnswerForm(PortalForm):
    """A made-up answer with the score that somebody experienced would give."""

    answer = TextAreaField(
        "Made-up answer", [Required("Write the made-up answer"), MaxWords(600)], rows=10
    )
    value = RadiosField("Model score", [Required("Choose the model score")], coerce=int)
    reason = TextAreaField(
        "Why this score?",
        [Required("Say why"), MaxWords(300)],
        hint="Everybody reads this when they have scored",
        rows=4,
    )

    def fit(self, scale):
        """Offer the points of a scale."""
        self.value.choices = [
            choice(point.value, f"{point.value} – {point.label}", hint=point.meaning)
            for point in reversed(scale.points)
        ]
        return self
