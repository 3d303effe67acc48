"""How many of what, as every sentence says it."""


def counted(n: int, what: str = "label") -> str:
    """So many of them, in words: 0 labels, 1 label, 1,200 labels."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
