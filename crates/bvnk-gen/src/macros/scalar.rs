//! `string!`, `number!` and `any!`: schemas of one value, and what the types of strings have
//! in common.

/// Declares the type of a string schema with rules of its own, or one that is public.
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

            #[allow(unused_mut, unused_assignments)]
            fn check_rules(text: &str) -> ::std::result::Result<(), $crate::ValidationError> {
                let (mut min, mut max) = (None, None);
                $(min = Some($min);)?
                $(max = Some($max);)?
                $crate::__private::lengths(text, min, max)?;
                $({
                    use $crate::__private::regress::Regex;
                    static COMPILED: ::std::sync::LazyLock<Option<Regex>> =
                        ::std::sync::LazyLock::new(|| Regex::new($pattern).ok());
                    $crate::__private::pattern(text, COMPILED.as_ref(), $pattern)?;
                })?
                Ok(())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ValidationError> {
                Self::check_rules(text).map(|()| Self(text.to_owned()))
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        $crate::__borrow! { $name }
        $crate::__text! { $name, [$($public)?] }
        $crate::__parsed! { $name }
        $crate::__schema! { $name, {
            "type": "string"
            $(, "minLength": $min)? $(, "maxLength": $max)? $(, "pattern": $pattern)?
        } }
    };
}

/// Declares the type of a number schema with bounds.
#[doc(hidden)]
#[macro_export]
macro_rules! number {
    (
        $(#[doc = $doc:literal])*
        $(#[minimum($min:expr)])?
        $(#[exclusive_minimum($above:expr)])?
        $(#[maximum($max:expr)])?
        $(#[exclusive_maximum($below:expr)])?
        $(#[multiple_of($step:expr)])?
        $(#[public($public:ident)])?
        pub struct $name:ident($inner:ident);
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name($inner);

        impl $name {
            /// Returns the number.
            pub fn get(self) -> $inner {
                self.0
            }

            #[allow(unused_mut, unused_assignments)]
            fn check_rules(number: $inner) -> ::std::result::Result<(), $crate::ValidationError> {
                let (mut min, mut above, mut max, mut below) = (None, None, None, None);
                $(min = Some($min);)?
                $(above = Some($above);)?
                $(max = Some($max);)?
                $(below = Some($below);)?
                $($crate::__private::multiple_of(number as f64, f64::from($step))?;)?
                $crate::__private::bounds(number, [min, above, max, below])
            }
        }

        impl ::std::convert::TryFrom<$inner> for $name {
            type Error = $crate::ValidationError;
            fn try_from(number: $inner) -> ::std::result::Result<Self, $crate::ValidationError> {
                let number: $inner = $crate::__private::convert(number)?;
                Self::check_rules(number).map(|()| Self(number))
            }
        }

        $crate::__number_from! { $name $inner }

        impl ::std::convert::From<$name> for $inner {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let mut shown = f.debug_tuple(stringify!($name));
                $crate::__public!([$($public)?] shown.field(&self.0), shown.field(&$crate::__private::Hidden)).finish()
            }
        }

        impl $crate::__private::Private for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self, f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let number = <$inner as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(number).map_err($crate::__private::serde::de::Error::custom)
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                match $crate::__private::serde_json::from_str(json) {
                    Ok(number) => if let Err(error) = Self::check_rules(number) {
                        checker.report(error);
                    },
                    Err(_) => <$inner as $crate::FromJson>::check(json, checker),
                }
            }
        }

        $crate::__schema! { $name, {
            "type": $crate::__number_type!($inner)
            $(, "minimum": $min)? $(, "exclusiveMinimum": $above)?
            $(, "maximum": $max)? $(, "exclusiveMaximum": $below)? $(, "multipleOf": $step)?
        } }
    };
}

/// The name that JSON Schema has for a type of numbers.
#[doc(hidden)]
#[macro_export]
macro_rules! __number_type {
    (f64) => {
        "number"
    };
    (f32) => {
        "number"
    };
    ($integer:ident) => {
        "integer"
    };
}

/// Conversions from other types of numbers: literals are `i32`.
#[doc(hidden)]
#[macro_export]
macro_rules! __number_from {
    ($name:ident i64) => { $crate::__number_from! { @each $name i64: i32 u32 u64 usize } };
    ($name:ident f64) => { $crate::__number_from! { @each $name f64: i32 u32 f32 } };
    ($name:ident $other:ident) => {};
    (@each $name:ident $inner:ident: $($from:ident)*) => {
        $(impl ::std::convert::TryFrom<$from> for $name {
            type Error = $crate::ValidationError;
            fn try_from(number: $from) -> ::std::result::Result<Self, $crate::ValidationError> {
                $crate::__private::convert::<$inner, _>(number)?.try_into()
            }
        })*
    };
}

/// Declares the type of a schema without any rule.
#[doc(hidden)]
#[macro_export]
macro_rules! any {
    ($(#[doc = $doc:literal])* pub struct $name:ident(Value);) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        pub struct $name(pub $crate::__private::serde_json::Value);

        impl ::std::convert::From<$crate::__private::serde_json::Value> for $name {
            fn from(value: $crate::__private::serde_json::Value) -> Self {
                Self(value)
            }
        }

        $crate::__alias! { $name($crate::__private::serde_json::Value) }
    };
}

/// Declares the type of a schema that is a list, a map or a plain value with a name.
#[doc(hidden)]
#[macro_export]
macro_rules! alias {
    ($(#[doc = $doc:literal])* pub struct $name:ident($inner:ty);) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        pub struct $name(pub $inner);

        impl ::std::convert::From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        $crate::__alias! { $name($inner) }
    };
}

/// Declares the type of a list schema with rules of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! list {
    (
        $(#[doc = $doc:literal])*
        $(#[min_items($min:literal)])?
        $(#[max_items($max:literal)])?
        $(#[unique_items($unique:literal)])?
        pub struct $name:ident(Vec<$item:ty>);
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        pub struct $name(::std::vec::Vec<$item>);

        impl $name {
            #[allow(unused_mut, unused_assignments)]
            fn check_rules(items: &[$item]) -> ::std::result::Result<(), $crate::ValidationError> {
                let (mut min, mut max, mut unique) = (None, None, false);
                $(min = Some($min);)?
                $(max = Some($max);)?
                $(unique = $unique;)?
                $crate::__private::items(items, min, max, unique)
            }
        }

        impl ::std::convert::TryFrom<::std::vec::Vec<$item>> for $name {
            type Error = $crate::ValidationError;
            fn try_from(items: ::std::vec::Vec<$item>) -> ::std::result::Result<Self, $crate::ValidationError> {
                Self::check_rules(&items).map(|()| Self(items))
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let items = <::std::vec::Vec<$item> as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(items).map_err($crate::__private::serde::de::Error::custom)
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                match $crate::__private::serde_json::from_str::<::std::vec::Vec<$item>>(json) {
                    Ok(items) => if let Err(error) = Self::check_rules(&items) {
                        checker.report(error);
                    },
                    Err(_) => <::std::vec::Vec<$item> as $crate::FromJson>::check(json, checker),
                }
            }
        }

        $crate::__inner! { $name(::std::vec::Vec<$item>) }
    };
}

/// What a type with one value in it does, if every value is allowed.
#[doc(hidden)]
#[macro_export]
macro_rules! __alias {
    ($name:ident($inner:ty)) => {
        $crate::__inner! { $name($inner) }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::serde::Deserialize::deserialize(deserializer).map(Self)
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                <$inner as $crate::FromJson>::check(json, checker);
            }
        }
    };
}

/// What a type with one value in it does by that value alone.
#[doc(hidden)]
#[macro_export]
macro_rules! __inner {
    ($name:ident($inner:ty)) => {
        impl ::std::ops::Deref for $name {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name))
                    .field(&$crate::__private::Shown(&self.0))
                    .finish()
            }
        }

        impl $crate::__private::Private for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self, f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                generator: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                <$inner as $crate::__private::schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}

/// Declares the list of the types' JSON Schemas.
#[doc(hidden)]
#[macro_export]
macro_rules! schemas {
    (pub enum Schemas { $($name:ident,)* }) => {
        /// Returns the JSON Schema of each type, by the type's name.
        #[cfg(feature = "schemars")]
        pub fn schemas() -> ::std::vec::Vec<(&'static str, $crate::__private::schemars::Schema)> {
            ::std::vec![$((
                stringify!($name),
                $crate::__private::schemars::SchemaGenerator::default().into_root_schema_for::<$name>(),
            )),*]
        }
    };
}

/// One of two expressions, by whether the contract marks the schema public.
#[doc(hidden)]
#[macro_export]
macro_rules! __public {
    ([display] $public:expr, $private:expr) => {
        $public
    };
    ([] $public:expr, $private:expr) => {
        $private
    };
}

/// What all types of strings have in common. They have `as_str`.
#[doc(hidden)]
#[macro_export]
macro_rules! __text {
    ($name:ident, [$($public:ident)?]) => {
        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
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

        impl ::std::cmp::PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                self == other.as_str()
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
                let mut shown = f.debug_tuple(stringify!($name));
                $crate::__public!(
                    [$($public)?]
                    shown.field(&$crate::Escaped::new(self.as_str())),
                    shown.field(&$crate::__private::Hidden)
                ).finish()
            }
        }

        impl $crate::__private::Private for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self, f)
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

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize_text(deserializer, |text| {
                    text.parse::<Self>().map_err($crate::ValidationError::from)
                })
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                $crate::__private::check_text(json, checker, |text| {
                    text.parse::<Self>().map(drop).map_err($crate::ValidationError::from)
                });
            }
        }
    };
}

/// For types that hash, compare and order by their text.
#[doc(hidden)]
#[macro_export]
macro_rules! __borrow {
    ($name:ident) => {
        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }
    };
}

/// Conversions of types whose texts are checked.
#[doc(hidden)]
#[macro_export]
macro_rules! __parsed {
    ($name:ident) => {
        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::ValidationError;
            fn try_from(text: &str) -> ::std::result::Result<Self, $crate::ValidationError> {
                text.parse()
            }
        }

        impl ::std::convert::TryFrom<&::std::string::String> for $name {
            type Error = $crate::ValidationError;
            fn try_from(
                text: &::std::string::String,
            ) -> ::std::result::Result<Self, $crate::ValidationError> {
                text.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::ValidationError;
            fn try_from(
                text: ::std::string::String,
            ) -> ::std::result::Result<Self, $crate::ValidationError> {
                text.parse()
            }
        }
    };
}

/// The JSON Schema of a type.
#[doc(hidden)]
#[macro_export]
macro_rules! __schema {
    ($name:ident, $schema:tt) => {
        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schemars::json_schema!($schema)
            }
        }
    };
}
