//! The worker role: leases and runs jobs.
