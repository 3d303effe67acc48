"""What the pictures themselves show of the labels on them; no model is asked."""
