"""What an operator can mend by herself: each of these is shown as a sentence.

May import: every room's exceptions.
"""

from __future__ import annotations

from webapp.config import SettingWrong
from webapp.journeys.demonstrating import RealPatients
from webapp.library.problem import LibraryError
from webapp.store.engine import StoreUnavailable
from webapp.store.migrate import SchemaAhead
from webapp.store.sealing import KeyFileWrong

MENDABLE = (
    SettingWrong,
    LibraryError,
    KeyFileWrong,
    RealPatients,
    SchemaAhead,
    StoreUnavailable,
    PermissionError,
)
