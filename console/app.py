"""The web application: pages and API behind one guard, and what every answer has in common."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

import structlog
from flask import Flask, Response, current_app, render_template, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from console import metrics, ready, words
from console.access import entra, people, roles, views
from console.access.roles import Role
from console.api import every as api
from console.desk import NAME, Desk, Send
from console.pages import every as pages
from store.errors import StoreError
from sync.errors import SyncError
from worker.services import Services

LARGEST_BODY: Final = 4 * 2**20
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
YEAR: Final = f"max-age={timedelta(days=365).total_seconds():.0f}"
"""So long a browser that was here over https comes no other way."""
log = structlog.get_logger()
csrf = CSRFProtect()


def make(services: Services, send: Send) -> Flask:
    """The application. send: takes wake-ups after the commit and returns at once."""
    app = Flask(__name__)
    app.config |= _configuration(services)
    app.extensions[NAME] = Desk(services, send)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.register(app)
    _sign_in(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(entra.blueprint)
    app.register_blueprint(ready.blueprint)
    metrics.register(app, services)
    pages.register(app)
    api.register(app)
    roles.open_to(app, "static", Role.ANYBODY)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StoreError, _away)
    app.register_error_handler(SyncError, _away)
    app.register_error_handler(Exception, _fault)
    app.after_request(_guarded)
    return app


def _configuration(services: Services) -> dict[str, object]:
    keys = [hashlib.sha256(f"console:{key}".encode()).hexdigest() for key in services.settings.secret_keys]
    secure = services.settings.console_url.startswith("https://")
    return {
        "SECRET_KEY": keys[0],
        "SECRET_KEY_FALLBACKS": keys[1:],
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "__Host-ac365" if secure else "ac365",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        **api.CONFIGURATION,
    }


def _sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.user_loader(people.of_session)
    manager.request_loader(people.of_request)
    csrf.init_app(app)
    app.before_request(roles.guard)
    app.before_request(_unforged)


def _unforged() -> None:
    """A browser sends its cookie with whatever a foreign page makes it send; a program's token never goes by itself."""
    if roles.needs_token(request.endpoint) and not request.headers.get("Authorization", "").startswith(people.BEARER):
        csrf.protect()


def _forged(error: CSRFError) -> tuple[str, int] | tuple[dict[str, str], int]:
    if roles.for_programs():
        return api.problem(400, error.description or "")
    return views.ended(request.form.to_dict(flat=False)), 400


def _refused(error: HTTPException) -> tuple[str, int] | tuple[dict[str, str], int]:
    code, told = error.code or 500, error.description or ""
    if roles.for_programs():
        return api.problem(code, told, getattr(error, "data", None))
    if code == 401 and request.method == "POST":
        return views.ended(request.form.to_dict(flat=False)), 401
    return render_template("error.html", code=code, told=told), code


def _away(error: StoreError | SyncError) -> tuple[str, int] | tuple[dict[str, str], int]:
    """The database or a service can't be used: said with what to do."""
    told = f"{error.message[:1].upper()}{error.message[1:]}. {error.advice}".strip()
    if roles.for_programs():
        return api.problem(503, told)
    return render_template("error.html", code=503, told=told), 503


def _fault(error: Exception) -> tuple[str, int] | tuple[dict[str, str], int]:
    log.error("console.fault", kind=type(error).__name__, endpoint=request.endpoint, exc_info=True)
    told = "Something went wrong in ac365 itself. Its log says more."
    return api.problem(500, told) if roles.for_programs() else (render_template("error.html", code=500, told=told), 500)


def _guarded(response: Response) -> Response:
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", YEAR)
    for name, value in HEADERS.items():
        if not (name == "Cache-Control" and request.endpoint == "static"):
            response.headers.setdefault(name, value)
    return response
