//! `text_enum!`: the values that a string schema lists.

/// Declares the enum of a schema that lists values.
///
/// With a last variant `Unknown(String)` other values are allowed, as in "possible values include":
/// such a value is kept and sent as it is. Without it, another value is refused in requests and in
/// responses, and the error lists those that are allowed.
///
/// `terminal` lists the values of `x-terminal`, `action_required` those of
/// `x-action-required`, `alike` groups of values that mean the same (`x-alike`).
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum {
    (
        $(#[doc = $doc:literal])*
        $(#[terminal($($terminal:literal),*)] #[action_required($($action:literal),*)])?
        $(#[alike($($alike:literal),*)])*
        $(#[public($public:ident)])?
        pub enum $name:ident {
            $(#[$is:ident] $variant:ident = $value:literal,)*
            $($unknown:ident(String),)?
        }
    ) => {
        $(#[doc = $doc])*
        #[doc = ""]
        #[doc = "Values compare by their text, so that a value that becomes known later is still equal to what was stored."]
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", stringify!($value), "`")] $variant,)*
            $(/// A value that the contract does not list, as it arrived.
            $unknown(::std::string::String),)?
        }

        impl $name {
            /// The values that the contract lists.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];

            /// Returns the value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    $(Self::$unknown(value) => value,)?
                }
            }

            #[allow(unreachable_code)] // where no value is listed
            fn known(value: &str) -> ::std::option::Option<Self> {
                Some(match value {
                    $($value => Self::$variant,)*
                    _ => return None,
                })
            }

            $(#[doc = concat!("Returns whether the value is `", stringify!($value), "`, or one that means the same.")]
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

            $(/// Returns whether the value is one of those that end the flow:
            $(#[doc = concat!("`", stringify!($terminal), "`,")])*
            /// some of which may have no variant. No other value ends it.
            pub fn is_terminal(&self) -> bool {
                [$($terminal),*].contains(&self.as_str())
            }

            /// Returns whether the person who is concerned has to act, such as to accept an
            /// agreement or to provide information.
            pub fn requires_action(&self) -> bool {
                [$($action),*].contains(&self.as_str())
            })?
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

        $crate::__if! { [$($unknown)?] {
            impl ::std::str::FromStr for $name {
                type Err = ::std::convert::Infallible;
                fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                    Ok(value.into())
                }
            }

            $crate::__open_from! { $name: [&str] [&::std::string::String] [::std::string::String] }
        } {
            impl ::std::marker::Copy for $name {}

            impl ::std::str::FromStr for $name {
                type Err = $crate::ValidationError;
                fn from_str(value: &str) -> ::std::result::Result<Self, $crate::ValidationError> {
                    Self::known(value).ok_or_else(|| $crate::__private::must_be(Self::KNOWN))
                }
            }

            $crate::__parsed! { $name: [&str] [&::std::string::String] [::std::string::String] }
        } }

        $crate::__text! {
            $name, [$($public)?],
            $crate::__if!([$($unknown)?] { None } { match Self::KNOWN {
                [only] => Self::known(only),
                _ => None,
            } }),
            $crate::__if!([$($unknown)?] { $crate::__private::schemars::json_schema!({
                "anyOf": [{ "type": "string", "enum": $name::KNOWN }, { "type": "string" }],
            }) } { $crate::__private::schemars::json_schema!({
                "type": "string", "enum": $name::KNOWN,
            }) })
        }
    };
}

/// Conversions to an enum that takes every text.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_from {
    ($name:ident: $([$from:ty])*) => {
        $(impl ::std::convert::From<$from> for $name {
            fn from(value: $from) -> Self {
                Self::known(&value).unwrap_or_else(|| Self::Unknown(value.into()))
            }
        })*
    };
}
