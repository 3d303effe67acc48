"""What annotations and detections say of each other: one row an annotation, one an object of the model's."""
