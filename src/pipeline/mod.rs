//! The flow from a capture through the mappings to a loader; preview and replay are pipelines.
