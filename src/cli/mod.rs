//! Flags and output. The only room that prints (INV-2).
