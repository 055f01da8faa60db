"""What people type about a provider organisation."""

from forms.base import PortalForm
from forms.dates import DateField
from forms.fields import (
    EmailField,
    RadiosField,
    SelectField,
    TelephoneField,
    TextAreaField,
    TextField,
)
from forms.people import InviteForm, full_name, new_password
from forms.validators import Email, MaxCharacters, Required, WebAddress

_URN_RULE = "Numbers only, like 2712345; an older one has SC and 6 numbers, like SC123456."


def company_number():
    """A field for the number at Companies House, if there is one."""
    return TextField(
        "Company number (if you have one)",
        [MaxCharacters(20)],
        hint="From Companies House: 8 numbers, or 2 letters and 6 numbers, like 01234567 or OC123456.",
        width=10,
        spellcheck=False,
    )


class OrganisationForm(PortalForm):
    """One more organisation of somebody who has an account."""

    name = TextField(
        "Name of the organisation",
        [Required("Enter the name of the organisation"), MaxCharacters(200)],
        autocomplete="organization",
        width="two-thirds",
    )
    company_number = company_number()
    service = RadiosField("What do you offer?", [Required("Choose what you offer")])
    urn = TextField(
        "Ofsted URN (if you have one)",
        [MaxCharacters(20)],
        hint=f"Your registration number with Ofsted. {_URN_RULE} You can add more later.",
        width=10,
        spellcheck=False,
    )
    registered_on = DateField(
        "When did Ofsted register you? (if it has)",
        [],
        hint="The day stands on your certificate.",
        called="The day of the registration",
    )


class NewOrganisationForm(OrganisationForm):
    """An organisation and its first administrator."""

    admin_name = full_name()
    email = EmailField(
        "Your email address",
        [Required("Enter your email address"), Email()],
        hint="We send you a link to confirm it.",
        width="two-thirds",
    )
    password = new_password("Choose a password")


class DetailsForm(PortalForm):
    name = TextField(
        "Name of the organisation",
        [Required("Enter the name of the organisation"), MaxCharacters(200)],
        width="two-thirds",
    )
    trading_name = TextField(
        "Trading name (if it is another one)", [MaxCharacters(200)], width="two-thirds"
    )
    company_number = company_number()
    charity_number = TextField("Charity number (if you have one)", [MaxCharacters(20)], width=10)
    ppon = TextField(
        "Public procurement organisation number (if you have one)",
        [MaxCharacters(30)],
        hint="From the central digital platform of the Procurement Act 2023, like PABC-1234-DEFG.",
        width=20,
    )
    address = TextAreaField("Address", [MaxCharacters(500)], rows=4, autocomplete="street-address")
    telephone = TelephoneField("Telephone number", [])
    website = TextField(
        "Website", [MaxCharacters(200), WebAddress()], width="two-thirds", autocomplete="url"
    )


class RegistrationForm(PortalForm):
    service = RadiosField("What is registered?", [Required("Choose what is registered")])
    urn = TextField(
        "Ofsted URN",
        [Required("Enter the URN"), MaxCharacters(20)],
        hint=f"It stands on your certificate. {_URN_RULE}",
        width=10,
        spellcheck=False,
    )
    branch = TextField(
        "Branch (if you have several)",
        [MaxCharacters(120)],
        hint="For example: Luton office.",
        width="two-thirds",
    )
    registered_on = DateField(
        "When were you registered?",
        [Required("Enter the day of the registration")],
        called="The day of the registration",
    )
    outcome = SelectField(
        "What did Ofsted say at the last inspection?",
        [Required("Choose what Ofsted said")],
        blank_label=None,
    )
    inspected_on = DateField(
        "When was the last inspection?",
        [],
        hint="Leave this empty if there was none yet.",
        called="The day of the inspection",
    )


class InviteColleagueForm(InviteForm):
    """Somebody else of the organisation."""


class ColleagueForm(PortalForm):
    role = RadiosField("What they do", [Required("Choose what they do")])
