"""Makes the application. With cli.py and dashboard/ the only code that knows every stage."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask, g, request
from flask import session as cookie
from flask_babel import Babel, get_translations
from flask_security import current_user
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache
from werkzeug.middleware.proxy_fix import ProxyFix

from judging import paths
from judging.accounts import security
from judging.accounts.guards import check_all_guarded, may
from judging.accounts.permissions import Permission
from judging.config import Settings
from judging.editions.addresses import fill_edition
from judging.foundation import clock, db, storage
from judging.web import again, assets, errors, filters, headers
from judging.web.views import LOCALES

MAX_UPLOAD = 110 * 1024 * 1024
SLICES = (
    "accounts",
    "units",
    "editions",
    "rubrics",
    "entries",
    "judges",
    "conflicts",
    "blinding",
    "assignment",
    "ballots",
    "results",
    "selection",
    "publication",
    "dashboard",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application of an installation."""
    settings = settings or Settings.from_environment()
    app = Flask("judging", template_folder=str(paths.folder("templates")))
    _configure(app, settings)
    db.init_app(app, settings.database_url)
    storage.init_app(app, settings.storage_url)
    Babel(app, locale_selector=_locale, default_translation_directories=str(paths.HERE / "translations"))
    CSRFProtect(app)
    security.init_app(app, settings)
    for part in (filters, headers, again, errors):
        part.init_app(app)
    _give_templates_their_words(app)
    _register(app)
    app.url_defaults(fill_edition)
    check_all_guarded(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        BASE_URL=settings.base_url,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a form may stay open over lunch
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="judging",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),  # the names of built files carry a hash of their content
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.template_cache:
        settings.template_cache.mkdir(mode=0o700, parents=True, exist_ok=True)  # code is read from there
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings.template_cache))
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]


def _locale() -> str:
    chosen = cookie.get("locale") if request else None
    return chosen if chosen in LOCALES else "zh_Hans_CN"


def _give_templates_their_words(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.loopcontrols")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations().ugettext(text),
        lambda one, many, number: _translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals |= {"asset": assets.asset_url, "now": clock.now, "may": may, "Permission": Permission}

    @app.context_processor
    def words() -> dict[str, object]:
        g.translations = get_translations()  # found once a page, not once a text
        return {
            "locale": _locale(),
            "current_user": current_user,
            "edition": g.get("edition"),
        }


def _translations() -> Any:
    return g.get("translations") or get_translations()


def load_models() -> None:
    """Import every table of every stage, for the mappers and the migrations."""
    for name in (f"judging.{name}.models" for name in SLICES if name != "dashboard"):
        import_module(name)
    import_module("judging.blinding.identity")


def _register(app: Flask) -> None:
    load_models()
    app.register_blueprint(import_module("judging.web.views").blueprint)
    for name in SLICES:
        for blueprint in import_module(f"judging.{name}.views").blueprints:
            app.register_blueprint(blueprint)
