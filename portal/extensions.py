"""The Flask extensions, made once and bound in `create_app`."""

from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
login = LoginManager()
