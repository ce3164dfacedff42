//! The JSON API: one file per endpoint, problem documents for errors.
