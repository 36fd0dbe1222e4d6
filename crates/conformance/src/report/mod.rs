//! The third stage of a run: renders what was found for people, CI jobs, test tools and programs.
//!
//! `results` has the values, which every file here renders; none knows how a check
//! judges. Text that a server or a file supplied reaches no output raw: `format` makes it visible
//! and cuts it, `escapes` writes it in the way of each format.

mod escapes;
mod files;
mod format;
mod json;
mod templates;

pub use crate::exchange::ExchangeLine;
pub use crate::results::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, FailingCase, Failure, Report, RunInfo,
    Verdict,
};
pub use crate::specification::Place;
pub use crate::text::program;
pub use files::Format;
pub use format::{visible, weight};
#[cfg(feature = "schemas")]
pub use json::derived_schema;
