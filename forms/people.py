"""What people type to sign in, about themselves, and about whom they look after."""

from forms.base import AddressForm, PortalForm
from forms.dates import DateField
from forms.fields import (
    CheckboxesField,
    CodeField,
    ConfirmCheckbox,
    EmailField,
    HiddenField,
    PasswordField,
    RadiosField,
    SearchField,
    SecretTextField,
    SelectField,
    TextAreaField,
    TextField,
)
from forms.validators import Email, MaxCharacters, MaxWords, MinCharacters, Required

_LONG = "Use 12 characters or more. Three or four words that you can remember are good."


def new_password(label="Password", **more):
    """A field for a password that is being chosen."""
    more = {"hint": _LONG, "autocomplete": "new-password", "width": "two-thirds", **more}
    return PasswordField(label, [Required("Choose a password"), MinCharacters(12)], **more)


def full_name(label="Your full name", **more):
    """A field for a person's name."""
    return TextField(
        label,
        [Required("Enter a name"), MaxCharacters(120)],
        autocomplete="name",
        spellcheck=False,
        width="two-thirds",
        **more,
    )


class SignInForm(PortalForm):
    email = EmailField(
        "Email address",
        [Required("Enter your email address")],
        width="two-thirds",
        autocomplete="username",
    )
    password = PasswordField("Password", [Required("Enter your password")], width="two-thirds")


class CodeForm(PortalForm):
    """The second step: what the phone shows."""

    code = CodeField(
        "Six-digit code", [Required("Enter the code")], hint="It changes every 30 seconds."
    )


class RecoveryForm(PortalForm):
    """The second step without the phone."""

    code = SecretTextField(
        "Recovery code",
        [Required("Enter one of your recovery codes"), MaxCharacters(20)],
        hint="One of the ten that you printed, such as BCDF2-GHJK3.",
        width=20,
        autocomplete="off",
        spellcheck=False,
    )


class ForgottenForm(PortalForm):
    email = EmailField(
        "Email address", [Required("Enter your email address"), Email()], width="two-thirds"
    )


class NewPasswordForm(PortalForm):
    """A new password by a link."""

    password = new_password("New password")


class ChangePasswordForm(PortalForm):
    current = PasswordField(
        "Password now", [Required("Enter the password that you have now")], width="two-thirds"
    )
    password = new_password("New password")


class ConfirmEmailForm(PortalForm):
    password = PasswordField(
        "Password",
        [Required("Enter your password")],
        hint="The one that you chose when you created your organisation.",
        width="two-thirds",
    )


class NameForm(PortalForm):
    name = full_name()


class SecondFactorForm(PortalForm):
    """Setting up the phone; somebody who changes it says the password again."""

    password = PasswordField("Your password", [], width="two-thirds")
    code = CodeField("Code that the app shows", [Required("Enter the code that the app shows")])


class NewPasskeyForm(PortalForm):
    """Making a passkey; somebody who has a second factor says the password again."""

    name = TextField(
        "Name of the passkey",
        [Required("Give it a name"), MaxCharacters(60)],
        hint="So that you know it again, such as Work laptop.",
        width="two-thirds",
        autocomplete="off",
    )
    password = PasswordField("Your password", [], width="two-thirds")
    answer = HiddenField("Answer of the passkey", [])


class PasskeyForm(PortalForm):
    """The second step: what the passkey answers."""

    answer = HiddenField("Answer of the passkey", [])


class PasswordAgainForm(PortalForm):
    password = PasswordField("Your password", [Required("Enter your password")], width="two-thirds")


class TokenForm(PortalForm):
    """A token for one's own programs; who has a password says it again."""

    name = TextField(
        "What is it for?",
        [Required("Say what the token is for"), MaxCharacters(60)],
        hint="For example: costs in Power BI. You find it again by this name.",
        width="two-thirds",
    )
    scopes = CheckboxesField(
        "What may it do?",
        [Required("Choose what the token may do")],
        hint="Choose as little as you need. It never does more than you may do yourself.",
    )
    last_on = DateField("Its last day", [Required("Enter its last day")])
    password = PasswordField("Your password", [Required("Enter your password")], width="two-thirds")


class JoinForm(PortalForm):
    """Somebody new accepts an invitation."""

    name = full_name()
    password = new_password("Choose a password")


class EmptyForm(PortalForm):
    """One button and its CSRF field."""


class CardNumberForm(PortalForm):
    number = SecretTextField(
        "The number on your card",
        [Required("Type the number on your card"), MaxCharacters(40)],
        hint="It has 16 letters and numbers.",
        autocomplete="off",
        spellcheck=False,
        width=30,
        label_size="m",
    )


class PinForm(PortalForm):
    pin = CodeField(
        "Your PIN",
        [Required("Type your PIN")],
        hint="The six numbers that came with your card.",
        autocomplete="off",
        label_size="l",
    )


class InviteForm(PortalForm):
    email = EmailField(
        "Email address",
        [Required("Enter an email address"), Email()],
        autocomplete="off",
        width="two-thirds",
    )
    role = RadiosField("What they do", [Required("Choose what they do")])


class InviteStaffForm(InviteForm):
    organisation = SelectField("Council", [Required("Choose a council")])


class GiveRoleForm(PortalForm):
    organisation = SelectField("Where", [Required("Choose an organisation")])
    role = RadiosField("Role", [Required("Choose a role")])


class BreakGlassForm(PortalForm):
    """Taking a role in an emergency."""

    council = SelectField("Where", [Required("Choose a council")])
    role = RadiosField("Role", [Required("Choose a role")])
    reason = TextAreaField(
        "Why it cannot wait",
        [Required("Say why it cannot wait"), MaxCharacters(1000)],
        hint="Others read this. Do not name a child.",
    )
    password = PasswordField("Your password", [Required("Enter your password")], width="two-thirds")


class LegalStopForm(PortalForm):
    """A legal hold on what is kept."""

    kept = SelectField("What must be kept", [Required("Choose what is to be kept")])
    subject = TextField(
        "Reference of one thing (optional)",
        [MaxCharacters(80)],
        hint="Such as MAIL-7K3MP-9QXT2. Leave it empty to keep all of them.",
        autocomplete="off",
        width="two-thirds",
    )
    reason = TextAreaField("Why", [Required("Say why it is to be kept"), MaxCharacters(1000)])


class CouncilForm(PortalForm):
    name = TextField(
        "Name", [Required("Enter the council's name"), MaxCharacters(200)], width="two-thirds"
    )
    slug = TextField(
        "Short name",
        [Required("Enter a short name"), MaxCharacters(60)],
        hint="For addresses: small letters, numbers and hyphens, like bedford-borough. "
        "It cannot be changed later.",
        width=20,
        spellcheck=False,
    )


class PeopleFilterForm(AddressForm):
    words = SearchField("Name or email address", width=20)
    role = SelectField("Role", blank_label="Any role")
    place = SelectField("Organisation", blank_label="Any organisation")
    closed = SelectField("Accounts", blank_label=None, choices=[])


class AliasForm(PortalForm):
    alias = TextField(
        "Alias",
        [Required("Enter an alias"), MaxCharacters(30)],
        hint="A made-up name, such as Kingfisher. Let the young person choose it.",
        autocomplete="off",
        spellcheck=False,
        width=20,
    )
    council = SelectField("Council", [Required("Choose a council")], blank_label=None)
    not_real = ConfirmCheckbox(
        "This is not the young person’s real name, nickname or user name",
        [Required("Check that it is not a real name, then tick the box")],
    )


class ConsentForm(PortalForm):
    given_by = RadiosField("Who agreed?", [Required("Choose who agreed")])
    given_on = DateField(
        "When?", [Required("Enter the day on which they agreed")], called="The day of the consent"
    )
    purpose = TextAreaField(
        "To what?",
        [Required("Say what they agreed to"), MaxWords(100)],
        hint="For example: to score tenders and visit homes until July 2027. "
        "Do not write names here.",
        rows=3,
    )
