"""How many of what, and a or an, as every sentence says them."""


def counted(n: int, what: str = "label") -> str:
    """So many of them, in words: 0 labels, 1 label, 1,200 labels."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def article(name: str) -> str:
    """A class's name with a or an before it."""
    if name.startswith("an "):
        return name
    # An abbreviation is spelt out when read: an RBC, a WBC.
    vowels = "AEFHILMNORSX" if name[:2].isupper() else "AEIOUaeiou"
    return f"an {name}" if name[:1] in vowels else f"a {name}"
