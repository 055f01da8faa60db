"""Signing in and out."""

from flask import Blueprint

from portal.people import sessions

bp = Blueprint("people", __name__)
bp.record_once(lambda state: sessions.init_app(state.app))
