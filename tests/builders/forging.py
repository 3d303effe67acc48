"""Packages as somebody would make them who wants more than was shared: whole histories, written anew."""

import sqlite3
from dataclasses import replace

from labelmend.project.history import encode, row_hash
from labelmend.project.project import Project


def forged(path, change):
    """Write the history of a package anew: change(rows) gets the rows with their steps, and gives others.

    Rows and steps are a list of pairs; the hashes follow from what is given back, so the chain is whole.
    """
    package = Project.open(path)
    pairs = [(row, row.step()) for row in package.store.history()]
    package.close()
    given, previous = change(pairs), b""
    with sqlite3.connect(path) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM history")
        for seq, (row, step) in enumerate(given, 1):
            row = replace(row, seq=seq, title=step.title, body=encode(step))
            row = replace(row, hash=row_hash(previous, **_content(row)))
            previous = row.hash
            values = (row.seq, row.origin, row.at, row.actor, row.role, row.op, row.of, row.title)
            connection.execute(
                "INSERT INTO history VALUES(?,?,?,?,?,?,?,?,?,?)", (*values, row.body, row.hash)
            )
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def _content(row):
    names = ("seq", "origin", "at", "actor", "role", "op", "of", "title", "body")
    return {name: getattr(row, name) for name in names}


def last(change):
    """Change the last row and its step alone: change(row, step) gives both."""
    return lambda pairs: [*pairs[:-1], change(*pairs[-1])]


def sql(path, *statements):
    """Change a file as somebody would who has SQLite at hand."""
    connection = sqlite3.connect(path)
    for statement, *values in statements:
        connection.execute(statement, values)
    connection.commit()
    connection.close()
