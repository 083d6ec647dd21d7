"""Settings of the Superset of `make dashboard`: one reader on this machine, nothing sent anywhere."""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# The file is opened for reading, and by whoever started this.
PREVENT_UNSAFE_DB_CONNECTIONS = False
TALISMAN_ENABLED = False
WTF_CSRF_ENABLED = False
LANGUAGES = {"en": {"flag": "us", "name": "English"}, "zh": {"flag": "cn", "name": "中文"}}
BABEL_DEFAULT_LOCALE = os.environ.get("SUPERSET_LANGUAGE", "en")
RATELIMIT_ENABLED = False
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
