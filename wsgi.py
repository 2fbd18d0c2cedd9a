"""The WSGI application, configured by the environment alone."""

from commentsvc.app import create_app
from commentsvc.settings import Settings

app = create_app(Settings.from_env())
