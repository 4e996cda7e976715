//! The program from outside, one file for each part of what it promises.

mod applications;
mod changed;
mod checks;
mod commands;
mod configuration;
mod crash;
mod failure;
mod images;
mod journal;
mod kompose;
mod order;
mod overlays;
mod paths;
mod person;
mod phase;
mod phases;
mod problems;
mod repository;
mod section;
mod supervisor;
mod target;
mod targets;
mod terminal;
mod undo;
mod verify;
mod workspace;
