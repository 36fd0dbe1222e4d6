//! The third stage of a run: renders what was found for people, CI jobs, test tools and programs.
//!
//! [`model`] has the values; every other file renders them and knows nothing of how a check
//! judges. Text that a server or a file supplied reaches no output raw: `format` makes it visible
//! and cuts it, `escapes` writes it in the way of each format.

mod escapes;
mod files;
mod format;
mod json;
pub mod model;
mod templates;

pub use files::Format;
pub(crate) use format::counted;
pub use format::{program, visible, weight};
pub use model::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, ExchangeLine, FailingCase, Failure, Place,
    Report, RunInfo, Verdict,
};
