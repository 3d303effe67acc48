"""How it goes: a window of its own that follows the work, each number leading to its labels."""
