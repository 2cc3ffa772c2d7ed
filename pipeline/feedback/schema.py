"""The tables, as the migrations leave them; a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
)

METADATA = MetaData()

CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("time", DateTime, nullable=False),  # UTC
    Column("endpoint", String(16), nullable=False),
    Column("box", JSON(none_as_null=True)),
    Column("status", String(16), nullable=False),
    Column("digit", SmallInteger),
    Column("confidence", Double, nullable=False),
    Column("label", SmallInteger, nullable=False),
    Column("model", String(200), nullable=False),
    Column("bytes", Integer, nullable=False),  # of the picture
    Column("seen", LargeBinary),
    Column("picture", LargeBinary, nullable=False),
    CheckConstraint("label BETWEEN 0 AND 10", name="label_0_to_10"),
    Index("corrections_in_time", "time", "id"),
)

# One row, changed with each correction: so that the limits hold whoever writes at once, and cost no counting.
HELD = Table(
    "held",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("corrections", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    CheckConstraint("one = 1", name="one_row"),
)
