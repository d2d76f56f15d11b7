"""The guest's disk, kernel and initrd, built from Debian's packages alone."""
