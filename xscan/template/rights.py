"""May this sender send this design?"""

from __future__ import annotations

from datetime import datetime

from xscan.model import RightStatus, Template

__all__ = ["right_check"]


def right_check(template: Template, consignor_id: str, acquired: datetime | None) -> tuple[RightStatus, str]:
    """Hold a template's right against the sender, at the time of the scan.

    Returns
    -------
    (RightStatus, str)
        the status, and the sentence that says why.
    """
    right = template.right
    if right is None:
        return "no-record", f"no right is recorded for {template.name}"
    number, holder = right.registration_no or "without number", right.holder or "unnamed holder"
    record = f"{right.kind or 'right'} {number} of {holder}"
    dated = ""
    if acquired is None:
        if right.valid_from or right.valid_until:
            dated = "; the scan carries no time, so whether the right was in force was not judged"
    else:
        day = acquired.date()
        if right.valid_until and day > right.valid_until:
            return "expired", f"{record} ended on {right.valid_until.isoformat()}, before the scan"
        if right.valid_from and day < right.valid_from:
            return "expired", f"{record} begins on {right.valid_from.isoformat()}, after the scan"
    sender = consignor_id.strip()
    if sender and sender in right.authorised:
        return "authorised", f"{record}: the sender {sender} is on the list of authorised users{dated}"
    who = f"the sender {sender} is not" if sender else "no sender is declared who could be"
    return "not-authorised", f"{record}: {who} on the list of authorised users{dated}"
