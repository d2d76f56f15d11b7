"""A listener on the host: what comes out of the guest, packet by packet, with the host's own clock."""
