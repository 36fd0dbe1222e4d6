//! The third stage of a run: renders what was found for people, CI jobs, test tools and programs.
//!
//! [`model`] has the values; every other file renders them and knows nothing of how a check
//! judges. Text that a server or a file supplied reaches no output raw: `format`
//! escapes and cuts it, for each format in its own way.

mod files;
mod format;
mod github;
mod json;
pub mod model;
mod templates;
mod text;

pub use files::Format;
pub use format::{program, visible};
pub use model::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, ExchangeLine, FailingCase, Failure, Place,
    Report, RunInfo, Verdict,
};
