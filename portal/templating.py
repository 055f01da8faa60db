"""Where templates come from: our own, and the design system's components."""

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader, StrictUndefined

from portal.wording import within


def init_app(app: Flask) -> None:
    """Bind loaders and a word of ours; a word that a template does not know is an error."""
    own = app.jinja_loader
    design_system = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, design_system])  # type: ignore[assignment,list-item]
    app.jinja_env.undefined = (
        StrictUndefined if app.config.get("STRICT_TEMPLATES") else app.jinja_env.undefined
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_filter(within)
