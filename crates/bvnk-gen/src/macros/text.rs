//! `string!`: schemas of a text, and what the types of all texts have in common.

/// Declares the type of a string schema with its own rules, or one that is public.
///
/// | attribute | rule |
/// |---|---|
/// | `min_length`, `max_length` | the number of characters (Unicode scalar values) |
/// | `pattern` | an ECMA 262 expression that must match somewhere |
/// | `public(display)` | `Debug` and `Display` show the text, escaped and cut |
///
/// The type derefs to `str`, and is made by `parse` or `try_into` of a text.
#[doc(hidden)]
#[macro_export]
macro_rules! string {
    (
        $(#[doc = $doc:literal])*
        $(#[min_length($min:literal)])?
        $(#[max_length($max:literal)])?
        $(#[pattern($pattern:literal)])?
        $(#[public($public:ident)])?
        pub struct $name:ident(String);
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(::std::string::String);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ValidationError> {
                static RULES: $crate::__private::TextRules = $crate::__private::TextRules::new(
                    &[$($min)?], &[$($max)?], &[$($pattern)?],
                );
                RULES.check(text).map(|()| Self(text.to_owned()))
            }
        }

        $crate::__inner! { $name(::std::string::String) -> str }
        $crate::__text! { $name, [$($public)?], None, $crate::__private::schemars::json_schema!({
            "type": "string"
            $(, "minLength": $min)? $(, "maxLength": $max)? $(, "pattern": $pattern)?
        }) }
        $crate::__parsed! { $name: [&str] [&::std::string::String] [::std::string::String] }
    };
}

/// What all types of texts have in common. They have `as_str` and `FromStr`. `$initial` is what a
/// builder fills in.
///
/// They compare with `str` and are found by it in a map. `Debug` hides the text unless the
/// schema is public; `Display` exists only then.
#[doc(hidden)]
#[macro_export]
macro_rules! __text {
    ($name:ident, [$($public:ident)?], $initial:expr, $schema:expr) => {
        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        $(#[doc = concat!("For people (", stringify!($public), "): escaped and cut. Use `as_str` for the exact value.")]
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&$crate::Escaped::new(self.as_str()), f)
            }
        })?

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&$crate::__if!(
                    [$($public)?] { $crate::Escaped::new(self.as_str()) } { $crate::__private::Hidden }
                )).finish()
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::FromJson for $name {
            fn read(json: &str, reader: &mut $crate::__private::Reader) -> ::std::option::Option<Self> {
                $crate::__private::read_text(json, reader)
            }

            fn initial() -> ::std::option::Option<Self> {
                $initial
            }
        }

        $crate::__json! { $name, |generator| $schema }
    };
}

/// Conversions to a type that checks what it is made of.
#[doc(hidden)]
#[macro_export]
macro_rules! __parsed {
    ($name:ident: $([$from:ty])*) => {
        $(impl ::std::convert::TryFrom<$from> for $name {
            type Error = $crate::ValidationError;
            fn try_from(text: $from) -> ::std::result::Result<Self, $crate::ValidationError> {
                text.parse()
            }
        })*
    };
}
