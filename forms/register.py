"""What people type and choose about the register."""

from forms import (
    DateField,
    MaxWords,
    PortalForm,
    Required,
    SelectField,
    TextAreaField,
)


class ExceptionForm(PortalForm):
    """A council places all the same."""

    council = SelectField("For which council?", [Required("Choose the council")])
    reason = TextAreaField(
        "Why is a placement right all the same?",
        [Required("Say why a placement is right all the same"), MaxWords(200)],
        hint="Say what you have done to be sure that young people are safe there.",
        rows=4,
    )
    until_on = DateField(
        "What is the last day on which it holds?",
        [Required("Enter the last day")],
        called="The last day",
    )

    def fit(self, councils):
        """Hand in the councils of whoever decides; one alone is not asked for."""
        self.council.choices = councils
        if len(councils) == 1:
            self.council.data = councils[0].value
        return self
