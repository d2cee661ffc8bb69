"""The verb *receive*: pick up deliveries, keep their bytes, parse strictly, lose no line."""

from dutywatch.receive.anew import anew
from dutywatch.receive.deliver import Delivery, deliver
from dutywatch.receive.intake import Received, intake
from dutywatch.receive.landing import Landed, landed, strangers
from dutywatch.receive.resubmit import resubmit
from dutywatch.receive.silence import Day, silence

__all__ = [
    "Day",
    "Delivery",
    "Landed",
    "Received",
    "anew",
    "deliver",
    "intake",
    "landed",
    "resubmit",
    "silence",
    "strangers",
]
