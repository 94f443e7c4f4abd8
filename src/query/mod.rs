//! A capture as DataFusion tables.
