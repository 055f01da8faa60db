"""What officers type when they check an application."""

from forms import MaxCharacters, PortalForm, RadiosField, Required, TextAreaField, choice


class DecisionForm(PortalForm):
    """One decision of the compliance check."""

    outcome = RadiosField(
        "What do you decide?",
        [Required("Choose pass, fail or ask the provider")],
        choices=[
            choice("pass", "Pass"),
            choice("fail", "Fail", hint="It ends the lots that it concerns. Give the reason below"),
            choice(
                "clarify",
                "Ask the provider",
                hint="Write the question below. The check cannot be concluded while it is open",
            ),
        ],
    )
    reason = TextAreaField(
        "Reason, or what you ask",
        [MaxCharacters(2_000)],
        hint="Needed unless it passes as the rules suggest. The provider may read it later",
    )

    def fit(self, *, may_ask):
        """Offer to ask only where the bidder can be asked, and was not asked already."""
        if not may_ask:
            self.outcome.choices = [one for one in self.outcome.choices if one.value != "clarify"]
        return self


class ConcludeForm(PortalForm):
    """Nothing to type: one press, behind a page that says what follows."""
