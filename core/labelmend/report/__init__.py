"""What a project comes to: numbers, and a page to show."""
