//! Harness of the stories: starts the real binary, a real browser and real servers.
