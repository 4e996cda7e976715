//! The program from outside, one file for each part of what it promises.

mod supervisor;
mod workspace;
