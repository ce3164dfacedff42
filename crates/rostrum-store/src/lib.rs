//! Database and media store.
