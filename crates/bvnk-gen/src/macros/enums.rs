//! `closed_enum!` and `open_enum!`: the values that a string schema lists.

/// Declares the enum of a schema that lists all of its values. Another value is refused, in
/// requests and in responses; the error lists those that are allowed.
#[doc(hidden)]
#[macro_export]
macro_rules! closed_enum {
    (
        $(#[doc = $doc:literal])*
        $(#[terminal($($terminal:literal),*)] #[action_required($($action:literal),*)])?
        $(#[public($public:ident)])?
        pub enum $name:ident {
            $(#[$is:ident] $variant:ident = $value:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)*
        }

        impl $name {
            /// The values that the contract lists.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];
            /// What a builder fills in.
            const ONLY: ::std::option::Option<Self> = {
                let all: &[Self] = &[$(Self::$variant),*];
                match all {
                    [only] => Some(*only),
                    _ => None,
                }
            };

            /// Returns the value as it is on the wire.
            pub fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)*
                }
            }

            $(#[doc = concat!("Returns whether the value is `", $value, "`.")]
            pub fn $is(&self) -> bool {
                matches!(self, Self::$variant)
            })*
        }

        $($crate::__flow! { $name [$($terminal),*] [$($action),*] }

        impl $name {
            /// Returns whether two values mean the same.
            pub fn means_same_as(&self, other: &Self) -> bool {
                self == other
            }
        })?

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;
            fn from_str(value: &str) -> ::std::result::Result<Self, $crate::ValidationError> {
                match value {
                    $($value => Ok(Self::$variant),)*
                    _ => Err($crate::__private::must_be(Self::KNOWN)),
                }
            }
        }

        $crate::__text! { $name, [$($public)?], { "type": "string", "enum": $name::KNOWN } }
        $crate::__parsed! { $name: [&str] [&::std::string::String] [::std::string::String] }
    };
}

/// Declares the enum of a schema that lists values and allows others, such as "possible values
/// include". A value that is not listed is kept as `Unknown` and sent as it is.
///
/// `terminal` lists the values of `x-terminal`, `action_required` those of
/// `x-action-required`, `alike` groups of values that mean the same (`x-alike`).
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[doc = $doc:literal])*
        $(#[terminal($($terminal:literal),*)] #[action_required($($action:literal),*)])?
        $(#[alike($($alike:literal),*)])*
        $(#[public($public:ident)])?
        pub enum $name:ident {
            $(#[$is:ident] $variant:ident = $value:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[doc = ""]
        #[doc = "Values compare by their text, so that a value that becomes known later is still equal to what was stored."]
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)*
            /// A value that the contract does not list, as it arrived.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The values that the contract lists.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];
            const ONLY: ::std::option::Option<Self> = None;

            /// Returns the value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }

            $(#[doc = concat!("Returns whether the value is `", $value, "`, or one that means the same.")]
            pub fn $is(&self) -> bool {
                Self::meaning(self.as_str()) == Self::meaning($value)
            })*

            /// Returns whether two values mean the same.
            pub fn means_same_as(&self, other: &Self) -> bool {
                Self::meaning(self.as_str()) == Self::meaning(other.as_str())
            }

            /// The first of the values that mean the same as this one.
            fn meaning(value: &str) -> &str {
                $(if [$($alike),*].contains(&value) {
                    return [$($alike),*][0];
                })*
                value
            }
        }

        $($crate::__flow! { $name [$($terminal),*] [$($action),*] })?

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;
            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(match value {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown(value.to_owned()),
                })
            }
        }

        impl ::std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl ::std::cmp::Eq for $name {}

        impl ::std::hash::Hash for $name {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        $crate::__open_from! { $name: [&str] [&::std::string::String] [::std::string::String] }
        $crate::__text! { $name, [$($public)?], {
            "anyOf": [{ "type": "string", "enum": $name::KNOWN }, { "type": "string" }],
        } }
    };
}

/// Conversions to an enum that takes every text.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_from {
    ($name:ident: $([$from:ty])*) => {
        $(impl ::std::convert::From<$from> for $name {
            fn from(value: $from) -> Self {
                let Ok(value) = value.parse::<Self>();
                value
            }
        })*
    };
}

/// The predicates of the values that end a flow (`x-terminal`), or hold it up until a person
/// acts (`x-action-required`).
#[doc(hidden)]
#[macro_export]
macro_rules! __flow {
    ($name:ident [$($terminal:literal),*] [$($action:literal),*]) => {
        impl $name {
            /// Returns whether the value is one of those that end the flow. A value that
            /// the contract does not list does not end it.
            pub fn is_terminal(&self) -> bool {
                [$($terminal),*].contains(&self.as_str())
            }

            /// Returns whether the person who is concerned has to act, such as to accept an
            /// agreement or to provide information.
            pub fn requires_action(&self) -> bool {
                [$($action),*].contains(&self.as_str())
            }
        }
    };
}
