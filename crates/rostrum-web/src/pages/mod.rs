//! Pages and files for people: one file per endpoint.

pub mod access;
pub mod admin;
pub mod assets;
pub mod health;
pub mod ingest;
pub mod language;
pub mod listen;
pub mod media;
pub mod people;
pub mod rooms;
