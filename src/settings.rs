//! `orch.toml` and `phases/NN-name.toml`: raw TOML → validated settings.
