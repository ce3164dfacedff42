//! The web role: pages, API, uploads.
