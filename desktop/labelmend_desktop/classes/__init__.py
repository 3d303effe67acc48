"""The list of classes: how many labels of each there are, and which are hidden or locked."""
