//! `one_of!` and `responses!`: values that have one of several types.

/// Declares the enum of a `oneOf` schema. A value is read as the first type that knows all of its
/// members, or else as the first one that takes it. JSON has no mark of the variant.
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
        #[derive(Clone, PartialEq, $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde", untagged)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("A [`", stringify!($ty), "`].")] $variant($ty),)*
            /// A value of a response that is none of these, as it arrived.
            Unknown($crate::Value),
        }

        $(impl ::std::convert::From<$ty> for $name {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        })*

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => $crate::FromJson::show(value, f),)*
                    Self::Unknown(value) => $crate::FromJson::show(value, f),
                }
            }
        }

        impl $crate::FromJson for $name {
            fn read(json: &str, reader: &mut $crate::__private::Reader) -> ::std::option::Option<Self> {
                $crate::__private::read_one_of(json, reader, &[$(
                    |json, reader| $crate::FromJson::read(json, reader).map(Self::$variant)
                ),*], Self::Unknown)
            }
        }

        $crate::__json! { $name, |generator| $crate::__private::schemars::json_schema!({
            "oneOf": [$(generator.subschema_for::<$ty>()),*],
        }) }
    };
}

/// Declares what an operation returns that has several kinds of success: one variant for each
/// status with its own body, and one for each status without a body.
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
        #[derive(Clone, PartialEq, $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde", untagged)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("Status ", stringify!($status), ".")] $variant($ty),)*
            $(#[doc = concat!("Status ", stringify!($none), ", without a body.")] $empty,)*
        }

        impl $name {
            /// A repeated request may be answered with the status of another success.
            pub(crate) fn decode(
                status: u16,
                body: &[u8],
            ) -> ::std::result::Result<Self, $crate::ValidationError> {
                $crate::__private::decode_by_status(status, body, &[
                    $(($status, |body| $crate::from_json_lenient(body).map(Self::$variant)),)*
                    $(($none, |body| $crate::__private::no_body(body).map(|()| Self::$empty)),)*
                ])
            }
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
    };
}
