//! An editor's view: the language server protocol on stdin and stdout.
//!
//! It shows what is wrong, what each box means and what is recorded of it, offers the fixes, and
//! runs a section as a child process. What a workspace means is asked of the program around it
//! ([`Program`]); no cluster is asked anything here.

mod actions;
mod answers;
mod client;
mod completion;
mod definition;
mod desk;
mod frame;
mod hover;
mod jobs;
mod markdown;
mod overtaken;
mod page;
mod place;
mod problems;
mod pull;
mod running;
mod seen;
mod server;
mod symbols;
mod text;
mod told;
mod uri;

pub use place::without_directives;
pub use seen::{Asked, Program, Reading, Seen, Texts, Versions};
pub use server::{End, serve};
