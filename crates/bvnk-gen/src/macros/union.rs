//! `one_of!` and `responses!`: values that have one of several types.

/// Declares the enum of a `oneOf` schema.
#[doc(hidden)]
#[macro_export]
macro_rules! one_of {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $($variant:ident($ty:ty),)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("A [`", stringify!($ty), "`].")] $variant($ty),)*
        }

        $(impl ::std::convert::From<$ty> for $name {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        })*

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => $crate::__private::Private::fmt(value, f),)*
                }
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
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                }
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize_one_of(deserializer, &[$((
                    <$ty as $crate::FromJson>::check,
                    |json| $crate::__private::serde_json::from_str(json).map(Self::$variant),
                )),*])
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                $crate::__private::check_one_of(
                    json,
                    &[$(<$ty as $crate::FromJson>::check),*],
                    checker,
                );
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
                $crate::__private::schemars::json_schema!({
                    "oneOf": [$(generator.subschema_for::<$ty>()),*],
                })
            }
        }
    };
}

/// Declares what an operation returns that has several kinds of success.
#[doc(hidden)]
#[macro_export]
macro_rules! responses {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(#[status($status:literal)] $variant:ident($ty:ty),)*
            $(#[no_body($none:literal)] $empty:ident,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("Status ", stringify!($status), ".")] $variant($ty),)*
            $(#[doc = concat!("Status ", stringify!($none), ", without a body.")] $empty,)*
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => f
                        .debug_tuple(stringify!($variant))
                        .field(&$crate::__private::Shown(value))
                        .finish(),)*
                    $(Self::$empty => f.write_str(stringify!($empty)),)*
                }
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    $(Self::$empty => serializer.serialize_unit(),)*
                }
            }
        }

        impl $crate::__private::Output for $name {
            type Value = Self;

            fn decode(
                status: u16,
                body: &[u8],
                _: &[u16],
            ) -> ::std::result::Result<Self, $crate::ValidationError> {
                use $crate::__private::{Json, NoBody, Output};
                type Decode = fn(&[u8]) -> ::std::result::Result<$name, $crate::ValidationError>;
                // A repeated request may be answered with the status of another success.
                const DECODE: &[(u16, Decode)] = &[
                    $(($status, |body| {
                        <Json<$ty> as Output>::decode($status, body, &[]).map($name::$variant)
                    }),)*
                    $(($none, |body| {
                        <NoBody as Output>::decode($none, body, &[]).map(|()| $name::$empty)
                    }),)*
                ];
                let declared = DECODE.iter().find(|(declared, _)| *declared == status);
                if let Some((_, decode)) = declared {
                    return decode(body);
                }
                let mut others = DECODE.iter().map(|(_, decode)| decode(body));
                let first = others.next().unwrap_or_else(|| Err("must be empty".into()));
                first.or_else(|error| others.find_map(::std::result::Result::ok).ok_or(error))
            }
        }
    };
}
