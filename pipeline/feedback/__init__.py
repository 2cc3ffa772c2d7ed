"""Corrections by people, kept in a database: SQLite unless another is named, and the file that training learns from.

correction   Correction: a picture, what was answered, what is right
settings     where corrections are kept, how many, and how often one may come
schema       their tables, for SQLAlchemy; migrations/ are Alembic's steps to them
database     an engine for a URL, brought up to date under a lock
keeper       keep, withdraw, list
export       all corrections as one .npz, and back

The service imports `keeper`, and with it SQLAlchemy, when the first correction comes.
"""
