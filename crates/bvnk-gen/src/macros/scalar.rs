//! `number!`, `list!` and `alias!`: schemas of one value that is no text.

/// Declares the type of a number schema with bounds. Its attributes have the names of OpenAPI's
/// keywords: `#[minimum(1)]` takes 1, `#[exclusive_minimum(1)]` does not.
///
/// Literals of other number types convert, if they fit: `quantity(3)` for an `i64`.
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
        $crate::__checked! {
            $(#[doc = $doc])*
            #[derive(Copy, PartialOrd)]
            pub struct $name($inner);
            shown: |inner| $crate::__public!([$($public)?] inner, { let _ = inner; &$crate::__private::Hidden });
            rules: |number| {
                use ::std::option::Option::None;
                let bounds = [
                    None$(.or(Some($min)))?, None$(.or(Some($above)))?,
                    None$(.or(Some($max)))?, None$(.or(Some($below)))?,
                ];
                $crate::__private::bounds(*number, bounds)
                    $(.and_then(|()| $crate::__private::multiple_of(*number as f64, f64::from($step))))?
            };
            schema: |generator| $crate::__private::schemars::json_schema!({
                "type": if stringify!($inner).starts_with('f') { "number" } else { "integer" }
                $(, "minimum": $min)? $(, "exclusiveMinimum": $above)?
                $(, "maximum": $max)? $(, "exclusiveMaximum": $below)? $(, "multipleOf": $step)?
            });
        }

        impl $name {
            /// Returns the number.
            pub fn get(self) -> $inner {
                self.0
            }
        }

        $crate::__number_from! { $name $inner }

        impl ::std::convert::From<$name> for $inner {
            fn from(number: $name) -> Self {
                number.0
            }
        }
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

/// Declares the type of a list schema with its own rules: how many items there are at least and
/// at most, and whether they may repeat. The items have their own type and its rules.
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
        $crate::__checked! {
            $(#[doc = $doc])*
            #[derive()]
            pub struct $name(::std::vec::Vec<$item>);
            shown: |inner| &$crate::__private::Shown(inner);
            rules: |items| $crate::__private::items(
                items,
                None$(.or(Some($min)))?,
                None$(.or(Some($max)))?,
                false $(|| $unique)?,
            );
            schema: |generator| $crate::__private::schemars::json_schema!({
                "type": "array",
                "items": generator.subschema_for::<$item>()
                $(, "minItems": $min)? $(, "maxItems": $max)? $(, "uniqueItems": $unique)?
            });
        }

        $crate::__deref! { $name(::std::vec::Vec<$item>) }
    };
}

/// What a type with one value in it does, if not every value is allowed.
#[doc(hidden)]
#[macro_export]
macro_rules! __checked {
    (
        $(#[doc = $doc:literal])*
        #[derive($($derive:ident),*)]
        pub struct $name:ident($inner:ty);
        shown: |$shown:ident| $show:expr;
        rules: |$value:ident| $rules:expr;
        schema: |$generator:ident| $schema:expr;
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, $($derive,)* $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde")]
        pub struct $name($inner);

        impl ::std::convert::TryFrom<$inner> for $name {
            type Error = $crate::ValidationError;
            fn try_from(value: $inner) -> ::std::result::Result<Self, $crate::ValidationError> {
                let value: $inner = $crate::__private::convert(value)?;
                let $value = &value;
                $rules.map(|()| Self(value))
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #[allow(unused_variables)] // a value that is not public is not shown
                let $shown = &self.0;
                f.debug_tuple(stringify!($name)).field($show).finish()
            }
        }

        impl $crate::FromJson for $name {
            fn read(json: &str, reader: &mut $crate::__private::Reader) -> ::std::option::Option<Self> {
                let value = <$inner as $crate::FromJson>::read(json, reader)?;
                reader.accept(Self::try_from(value))
            }
        }

        $crate::__json! { $name, |$generator| $schema }
    };
}

/// Declares the type of a schema that is a list, a map or a plain value with a name, but has no
/// rules: its field is public, and every value of the inner type is allowed.
#[doc(hidden)]
#[macro_export]
macro_rules! alias {
    ($(#[doc = $doc:literal])* pub struct $name:ident($inner:ty);) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde")]
        pub struct $name(pub $inner);

        impl ::std::convert::From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&$crate::__private::Shown(&self.0)).finish()
            }
        }

        impl $crate::FromJson for $name {
            fn read(json: &str, reader: &mut $crate::__private::Reader) -> ::std::option::Option<Self> {
                <$inner as $crate::FromJson>::read(json, reader).map(Self)
            }
        }

        $crate::__deref! { $name($inner) }
        $crate::__json! { $name, |generator| <$inner as $crate::__private::schemars::JsonSchema>::json_schema(generator) }
    };
}

/// Access to the value in a type.
#[doc(hidden)]
#[macro_export]
macro_rules! __deref {
    ($name:ident($inner:ty)) => {
        impl ::std::ops::Deref for $name {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                &self.0
            }
        }
    };
}

/// The lints of this crate hold for the generated types, which are a part of it.
#[cfg(test)]
mod tests {
    #![deny(unused)]

    crate::number! {
        #[minimum(1)]
        pub struct Hidden(i64);
    }

    crate::number! {
        #[maximum(9)]
        #[public(display)]
        pub struct Public(i64);
    }

    #[test]
    fn a_number_prints_its_value_only_if_it_is_public() {
        let printed = |hidden, public| format!("{:?} {:?}", Hidden(hidden), Public(public));
        assert_eq!(printed(7, 8), printed(6, 8));
        assert!(printed(7, 8).ends_with("Public(8)"));
    }
}
