"""alert: untold flips -> one message for the accountable person, acknowledged or escalated.

Nothing stands between a verdict and its alert: what `judge` recorded is told, once, however often this
runs and wherever it crashes. The stages stand in `tell`, the words in `english` and `chinese`, the ways
to bring a message in `folder` and `slack`.
"""

from dutywatch.alert.answers import answer
from dutywatch.alert.channels import Channel, channel
from dutywatch.alert.deadlines import escalation_due, next_escalation
from dutywatch.alert.tell import Alerted, tell
from dutywatch.ledger.messages import untold

__all__ = ["Alerted", "Channel", "answer", "channel", "escalation_due", "next_escalation", "tell", "untold"]
