"""What a bidder says of a part that should not be told to whoever asks for it."""

from forms import DateField, PortalForm, RadiosField, Required, SelectField, TextAreaField, choice
from forms.validators import MaxWords
from scoring.confidentiality import MOST_WORDS, Exemption


class MarkForm(PortalForm):
    """One part, the exemption, the harm, and until when."""

    what = SelectField("Which part?", [Required("Choose a part of your application")])
    exemption = RadiosField(
        "Why should it not be told?",
        [Required("Choose why it should not be told")],
        choices=[
            choice(one.value, one.words, hint=f"Freedom of Information Act, {one.section}")
            for one in Exemption
        ],
    )
    reason = TextAreaField(
        "What harm would it do?",
        [Required("Say what harm it would do"), MaxWords(MOST_WORDS)],
        hint="Say what would happen, to whom. “It is confidential” is no reason.",
        rows=4,
    )
    until_on = DateField(
        "Until when?",
        hint="The last day on which this is so, such as 31 3 2029. Needed for trade secrets and "
        "business reasons, which fade with time.",
        called="The last day",
    )

    def offer(self, parts):
        """Offer these parts: pairs of a name and a title."""
        self.what.choices = [choice(name, title) for name, title in parts]
        return self
