"""The ledger's tables: what was decided, by whom, when. Changes of state are appended rows.

Times are `timestamptz`. Only four columns are ever updated: `ledger.now` (the replay clock),
`heads.evaluation` with `heads.as_of` (compare-and-set), `flips.message` (claimed once) and the state
of a message on its way out.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(), primary_key=True)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clock", Text, nullable=False),
    _instant("now", nullable=True),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("clock IN ('wall', 'replay')", name="known_clock"),
    CheckConstraint("(clock = 'replay') = (now IS NOT NULL)", name="replay_has_now"),
)

COUNTS = ("lines", "header", "blank", "rows")
"""Of a delivery's lines: lines = header + blank + rows."""

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("contract", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("service_date", Date, nullable=True),
    _instant("received_at", nullable=True),  # NULL: not known when it came (a what-if over a folder)
    Column("size", BigInteger, nullable=False),  # bytes
    Column("lines", BigInteger, nullable=False),
    Column("header", BigInteger, nullable=False),
    Column("blank", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),  # lines that go on to validate, faulty ones included
    Column("columns", JSONB, nullable=False),
    Column("rows_file", Text, nullable=False),  # lake path of the parsed rows, "" where refused
    Column("refused", Text, nullable=True),  # why the delivery as a whole cannot be read
    _instant("polled_at", nullable=True),  # of the poll that this delivery completes; NULL: none, or not complete
    Column("url", Text, nullable=True),  # what was asked, without its secret
    Column("etag", Text, nullable=True),  # what the server told for the next, conditional request
    Column("last_modified", Text, nullable=True),
    UniqueConstraint("contract", "source", "name", "sha256", "received_at"),  # bytes may be put back: 0067
    CheckConstraint("lines = header + blank + rows", name="every_line_has_a_fate"),
)

acceptances = Table(
    "acceptances",
    metadata,
    _id(),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False),
    Column("rules", Text, nullable=False),  # digest of mapping, suite and units
    _instant("accepted_at"),
    Column("accepted", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("by_rule", JSONB, nullable=False),
    Column("accepted_file", Text, nullable=False),
    Column("quarantine_file", Text, nullable=False),
    Column("refused", Text, nullable=True),
    _instant("covers_from", nullable=True),
    _instant("covers_to", nullable=True),
    _instant("first_at", nullable=True),  # of the rows with a readable time, quarantined ones included
    _instant("last_at", nullable=True),
    Column("noticed", JSONB, nullable=True),  # sentences about the delivery as a whole; NULL: of an older version
    *(Column(name, BigInteger, nullable=True) for name in COUNTS),  # as it was read for this; NULL: as when received
    Index(None, "delivery"),
)

evaluations = Table(
    "evaluations",
    metadata,
    _id(),
    Column("contract", Text, nullable=False),
    _instant("as_of"),
    Column("base", ForeignKey("evaluations.id"), nullable=True),
    Column("terms", Text, nullable=False),  # digest of the contract and its units
    Column("engine", Text, nullable=False),
    Column("judged", Integer, nullable=False),  # sheets judged
)

heads = Table(
    "heads",
    metadata,
    Column("contract", Text, primary_key=True),
    _instant("since"),  # from when on this ledger watches the contract
    Column("evaluation", ForeignKey("evaluations.id"), nullable=True),
    _instant("as_of", nullable=True),
)

sheets = Table(
    "sheets",
    metadata,
    _id(),
    Column("evaluation", ForeignKey("evaluations.id"), nullable=False),
    Column("contract", Text, nullable=False),
    Column("obligation", Text, nullable=False),
    Column("date", Date, nullable=False),
    Column("file", Text, nullable=False),
    Column("inputs", Text, nullable=False),  # digest of all that it was judged from, `as_of` apart
    Column("digest", Text, nullable=False),  # digest of its canonical verdict rows
    Column("duties", Integer, nullable=False),
    _instant("wake_at", nullable=True),
    _instant("window_from"),
    _instant("window_to", nullable=True),  # NULL: any later event may touch it
    UniqueConstraint("evaluation", "obligation", "date"),
    Index(None, "contract", "obligation", "date", "evaluation"),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    Column("contract", Text, nullable=False),
    Column("obligation", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("escalates", ForeignKey("messages.id"), nullable=True),
    Column("escalated_in", Integer, nullable=True),  # the revision from which on it speaks for its group
    _instant("opened_at"),
    Column("revision", Integer, nullable=False),  # what should be told
    Column("told", Integer, nullable=False),  # what was told for certain
    Column("reference", Text, nullable=True),  # where it lies: channel and timestamp, or a file
    Column("failure", Text, nullable=True),
    UniqueConstraint("contract", "obligation", "trigger", "person", "level"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    _instant("at"),
    Column("duties", Integer, nullable=False),
)

flips = Table(
    "flips",
    metadata,
    _id(),
    Column("contract", Text, nullable=False),
    Column("evaluation", ForeignKey("evaluations.id"), nullable=False),
    Column("duty_id", Text, nullable=False),
    Column("obligation", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_class", Text, nullable=True),
    Column("trigger", Text, nullable=False),
    Column("party", Text, nullable=True),  # who owes the duty; NULL: of an older version
    Column("person", Text, nullable=False),
    Column("from_standing", Text, nullable=False),
    Column("to_standing", Text, nullable=False),
    Column("level", Text, nullable=True),  # NULL: nobody needs to be told
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("owed_by", Text, nullable=False),
    Column("successor", Text, nullable=True),  # the duty that takes a void one's place
    Column("succeeds", Text, nullable=True),  # the void duty whose lapse and message this one took over
    _instant("due_at", nullable=True),
    _instant("fulfilled_at", nullable=True),
    _instant("lapsed_at", nullable=True),
    _instant("proof_due", nullable=True),
    _instant("decided_at"),
    Column("message", ForeignKey("messages.id"), nullable=True),
    Column("told_in", Integer, nullable=True),  # the revision of that message
    Index(None, "contract", "duty_id"),
    Index(None, "message"),
    Index("ix_flips_untold", "contract", postgresql_where="level IS NOT NULL AND message IS NULL"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("message", ForeignKey("messages.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    _instant("answered_at"),
    Column("revision", Integer, nullable=False),  # of the message, as it was told by then
    CheckConstraint("kind IN ('acknowledged', 'disputed')", name="known_kind"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    Column("contract", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("obligation", Text, nullable=True),  # NULL: all
    Column("unit", Text, nullable=True),
    Column("trigger", Text, nullable=True),
    Column("grounds", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("published", Text, nullable=True),  # where everybody can read it
    _instant("recorded_at"),
    CheckConstraint("kind IN ('excuse', 'waive', 'admit', 'suspend')", name="known_kind"),
    CheckConstraint("kind <> 'waive' OR published <> ''", name="waivers_are_published"),
    Index(None, "contract"),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("decision", ForeignKey("decisions.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    _instant("recorded_at"),
)
