"""May this sender send this design?"""

from __future__ import annotations

from datetime import datetime

from xscan.language import Said, speaker
from xscan.model import RightStatus, Template

__all__ = ["right_check"]

say = speaker("template")


def right_check(template: Template, consignor_id: str, acquired: datetime | None) -> tuple[RightStatus, str]:
    """Hold a template's right against the sender, at the time of the scan.

    Returns
    -------
    (RightStatus, str)
        the status, and the sentence that says why.
    """
    right = template.right
    if right is None:
        return "no-record", say("none", name=template.name)
    record = say(
        "record",
        kind=right.kind or say("kind-unnamed"),
        number=right.registration_no or say("number-unknown"),
        holder=right.holder or say("holder-unknown"),
    )
    undated = acquired is None and bool(right.valid_from or right.valid_until)
    if acquired is not None:
        day = acquired.date()
        if right.valid_until and day > right.valid_until:
            return "expired", say("ended", record=record, day=right.valid_until.isoformat())
        if right.valid_from and day < right.valid_from:
            return "expired", say("not-begun", record=record, day=right.valid_from.isoformat())
    sender = consignor_id.strip()
    if sender and sender in right.authorised:
        return "authorised", _dated(say("listed", record=record, sender=sender), undated)
    reason = say("not-listed", record=record, sender=sender) if sender else say("no-sender", record=record)
    return "not-authorised", _dated(reason, undated)


def _dated(reason: Said, undated: bool) -> Said:
    return say("undated", reason=reason) if undated else reason
