"""The program under test in the lab's machine: how it is installed, started, asked and listened to."""
