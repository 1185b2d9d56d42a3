"""The tables. Numbers stay readable under a pseudonymous id; names, contacts and words are sealed.

May import: sqlalchemy, and its own files. Duplicates are impossible by constraint, not by care
(reliability.md).
"""

from __future__ import annotations

from webapp.store.schema.conversations import ChatTurnRow
from webapp.store.schema.lessons import TeachBackRow
from webapp.store.schema.people import (
    ClinicRow,
    KnownDeviceRow,
    LinkRow,
    PatientCodeRow,
    PatientRow,
    PatientSecretRow,
    PatientSessionRow,
    RecoveryCodeRow,
    StaffRow,
    StaffSessionRow,
)
from webapp.store.schema.providers import (
    ProviderEventRow,
    PushSubscriptionRow,
    TextDraftRow,
    UnreachableRow,
)
from webapp.store.schema.records import (
    AuditHeadRow,
    AuditRow,
    BeatRow,
    ThrottleRow,
)
from webapp.store.schema.reports import (
    CheckInRow,
    FlagEventRow,
    FlagRow,
    MessageRow,
    NoticeRow,
    PromptRow,
    ReadingRow,
)
from webapp.store.schema.tables import Base, table_of
from webapp.store.schema.watch import (
    AlarmRow,
    ClinicWatchRow,
    DayNoteRow,
    LadderStepRow,
    PageRow,
    PagingRow,
)

__all__ = [
    "AlarmRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "BeatRow",
    "ChatTurnRow",
    "CheckInRow",
    "ClinicRow",
    "ClinicWatchRow",
    "DayNoteRow",
    "FlagEventRow",
    "FlagRow",
    "KnownDeviceRow",
    "LadderStepRow",
    "LinkRow",
    "MessageRow",
    "NoticeRow",
    "PageRow",
    "PagingRow",
    "PatientCodeRow",
    "PatientRow",
    "PatientSecretRow",
    "PatientSessionRow",
    "PromptRow",
    "ProviderEventRow",
    "PushSubscriptionRow",
    "ReadingRow",
    "RecoveryCodeRow",
    "StaffRow",
    "StaffSessionRow",
    "TeachBackRow",
    "TextDraftRow",
    "ThrottleRow",
    "UnreachableRow",
    "table_of",
]
