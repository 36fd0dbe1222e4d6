//! The ways to break the server on purpose, by name.
//!
//! It must not know how a fault is carried out; the simulator does. Each fault breaks
//! exactly one thing, so that whoever notices shows that it watches that thing.

mod set;

use std::error::Error;
use std::fmt;
use std::str::FromStr;

pub use list::Fault;
pub use set::Faults;

macro_rules! faults {
    ($( $(#[doc = $doc:literal])+ $name:ident = $text:literal, )*) => {
        /// One thing that the server does wrong.
        ///
        /// The list grows; `Display` and `FromStr` use names in kebab case.
        ///
        /// ```
        /// use bvnk_simulator::Fault;
        ///
        /// assert_eq!("commit-then-reset".parse(), Ok(Fault::CommitThenReset));
        /// for fault in Fault::ALL {
        ///     assert_eq!(fault.to_string().parse(), Ok(*fault));
        ///     assert!(fault.summary().ends_with('.'));
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $( $(#[doc = $doc])+ $name, )*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Fault] = &[ $( Fault::$name, )* ];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $( Fault::$name => $text, )*
                }
            }

            /// What it does, in one line.
            pub fn summary(self) -> &'static str {
                match self {
                    // The first space is the doc comment's.
                    $( Fault::$name => concat!($($doc),+).trim_start(), )*
                }
            }
        }
    };
}

mod list;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let found = Self::ALL.iter().find(|fault| fault.name() == text);
        found.copied().ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

/// A name that is no fault's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of more than a hundred names, those that share a word are likely to be meant.
        let asked: Vec<_> = self.0.split('-').collect();
        let shares = |fault: &&Fault| fault.name().split('-').any(|word| asked.contains(&word));
        let near: Vec<_> = Fault::ALL.iter().filter(shares).collect();
        write!(f, "no fault is called {:?}", self.0)?;
        if !near.is_empty() {
            f.write_str("; there are")?;
            near.iter().try_for_each(|fault| write!(f, " {fault}"))?;
        }
        f.write_str(
            "; `cargo conformance serve --list-faults` and `GET /_simulator/faults` list all",
        )
    }
}

impl Error for UnknownFault {}
