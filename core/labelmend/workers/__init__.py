"""Where work is done: threads and processes of this machine, or a cluster; stopped at any moment."""
