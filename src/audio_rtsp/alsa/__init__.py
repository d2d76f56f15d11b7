"""What the kernel says of sound, read without opening a device."""
