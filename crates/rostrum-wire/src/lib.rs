//! Links between the roles.
