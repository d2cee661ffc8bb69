"""Every error that Dutywatch raises on purpose, in one tree; a leaf says who must act.

DutywatchError
├── ContractFaults        contract author   the contract file cannot be used; lists every fault at once
├── DeliveryRefused       contractor        a whole delivery cannot be used
├── SourceFailed          contractor        a source was asked and gave no usable answer
├── SourceUnreachable     operator          a source cannot be asked: its host, its secret, the way there
├── ExpectationFault      data engineer     a suite is broken, or a proof about its result failed
├── DraftRefused          who drafts        a contract cannot be drafted from what was given; nothing is written
├── DecisionRefused       who decides       a decision is not this person's to take, or lacks what it must state
├── UnknownDuty           who asks          no duty with this id is recorded; names the nearest ones
├── SettingsError         operator          something in the environment is missing or wrong
├── LedgerError           operator          the ledger cannot be used
│   ├── SchemaBehind      operator          its schema is not the one that this version writes
│   └── HeadMoved         (nobody)          another judgement was first; judge again on the new head
└── MessageNotSent        operator          a message could not be delivered; `permanent` tells whether to retry
"""

from __future__ import annotations

from dataclasses import dataclass


class DutywatchError(Exception):
    """The root; `who` names the role that can put it right."""

    who = "operator"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a contract's files."""

    file: str
    line: int
    clause: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.clause}: {self.message}" if self.clause else f"{place}: {self.message}"


class ContractFaults(DutywatchError):
    """The contract's files are faulty; carries all faults, so that the author mends them in one go."""

    who = "contract author"

    def __init__(self, contract: str, faults: tuple[Fault, ...], what: str = "contract") -> None:
        self.contract = contract
        self.faults = tuple(sorted(faults))
        self.what = what  # or a pack by itself
        super().__init__(contract, self.faults, what)

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"{self.what} {self.contract}: {count} fault{'s' if count != 1 else ''} for its author to mend"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


class DeliveryRefused(DutywatchError):
    """A delivery whose bytes cannot be read as its source declares."""

    who = "contractor"


class SourceFailed(DutywatchError):
    """Who runs a source must act: it answers with errors, too late, in halves, or in circles."""

    who = "contractor"


class SourceUnreachable(DutywatchError):
    """A source cannot be asked from here: no way to its host, no or a refused secret, an undeclared host."""


class ExpectationFault(DutywatchError):
    """A suite lost a rule on loading, or its result contradicts itself."""

    who = "data engineer"


class DraftRefused(DutywatchError):
    """What a first contract should be drafted from cannot be read, or its folder is taken."""

    who = "person who drafts"


class DecisionRefused(DutywatchError):
    """A decision that may not be recorded; says every reason, and who could take it."""

    who = "person who decides"


class UnknownDuty(DutywatchError):
    """A duty that the record does not hold."""

    who = "person who asks"


class SettingsError(DutywatchError):
    """The environment does not tell what a step needs."""


class LedgerError(DutywatchError):
    """The ledger cannot be used as it is."""


class SchemaBehind(LedgerError):
    """The ledger's schema is not at the version that this engine writes."""


class HeadMoved(LedgerError):
    """Another judgement of the same contract was recorded first."""


class MessageNotSent(DutywatchError):
    """A message did not go out. `permanent`: trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(reason)
