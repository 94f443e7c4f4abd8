//! Where mutations are written: today SQL scripts.
