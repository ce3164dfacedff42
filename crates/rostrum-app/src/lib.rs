//! Use-cases and jobs.
