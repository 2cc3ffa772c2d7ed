"""Corrections, and how much of them is held."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("endpoint", sa.String(16), nullable=False),
        sa.Column("box", sa.JSON(none_as_null=True)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("digit", sa.SmallInteger),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("label", sa.SmallInteger, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("seen", sa.LargeBinary),
        sa.Column("picture", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("label BETWEEN 0 AND 10", name="label_0_to_10"),
    )
    op.create_index("corrections_in_time", "corrections", ["time", "id"])
    held = op.create_table(
        "held",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("corrections", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.CheckConstraint("one = 1", name="one_row"),
    )
    op.bulk_insert(held, [{"one": 1, "corrections": 0, "bytes": 0}])


def downgrade() -> None:
    op.drop_table("held")
    op.drop_table("corrections")
