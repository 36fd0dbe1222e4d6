//! `number!` and `alias!`: schemas of one value that is no text, with the rules that it has.

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
        $crate::__newtype! {
            $(#[doc = $doc])*
            #[derive(Copy, PartialOrd)]
            pub struct $name($inner);
            |number| $crate::__if!([$($public)?] { number } { $crate::__private::Shown(number) });
            |generator| $crate::__private::schemars::json_schema!({
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

        impl ::std::convert::TryFrom<$inner> for $name {
            type Error = $crate::ValidationError;
            fn try_from(number: $inner) -> ::std::result::Result<Self, $crate::ValidationError> {
                use ::std::option::Option::None;
                let number: $inner = $crate::__private::convert(number)?;
                let bounds = [
                    None$(.or(Some($min)))?, None$(.or(Some($above)))?,
                    None$(.or(Some($max)))?, None$(.or(Some($below)))?,
                ];
                $crate::__private::bounds(number, bounds)?;
                $($crate::__private::multiple_of(number as f64, f64::from($step))?;)?
                Ok(Self(number))
            }
        }

        $crate::__number_from! { $name $inner }
        $crate::__inner! { $name($inner) -> $inner }
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

/// Declares the type of a schema that is a list, a map or a plain value with a name.
///
/// A list may have its own rules: how many items there are at least and at most, and whether they
/// may repeat. The items have their own type and its rules. Without rules every value of the inner
/// type is allowed, and the field is public.
#[doc(hidden)]
#[macro_export]
macro_rules! alias {
    (
        $(#[doc = $doc:literal])*
        $(#[min_items($min:literal)])?
        $(#[max_items($max:literal)])?
        $(#[unique_items($unique:literal)])?
        pub struct $name:ident($vis:vis $inner:ty);
    ) => {
        $crate::__newtype! {
            $(#[doc = $doc])*
            #[derive()]
            pub struct $name($vis $inner);
            |value| $crate::__private::Shown(value);
            |generator| {
                #[allow(unused_mut)]
                let mut schema = <$inner as $crate::__private::schemars::JsonSchema>::json_schema(generator);
                $(schema.insert("minItems".to_owned(), $min.into());)?
                $(schema.insert("maxItems".to_owned(), $max.into());)?
                $(schema.insert("uniqueItems".to_owned(), $unique.into());)?
                schema
            };
        }

        $crate::__if! { [$($min)? $($max)? $($unique)?] {
            impl ::std::convert::TryFrom<$inner> for $name {
                type Error = $crate::ValidationError;
                fn try_from(items: $inner) -> ::std::result::Result<Self, $crate::ValidationError> {
                    let (min, max) = (None$(.or(Some($min)))?, None$(.or(Some($max)))?);
                    $crate::__private::items(&items, min, max, false $(|| $unique)?)?;
                    Ok(Self(items))
                }
            }
        } {
            impl ::std::convert::From<$inner> for $name {
                fn from(value: $inner) -> Self {
                    Self(value)
                }
            }
        } }

        $crate::__inner! { $name($inner) -> $inner }
    };
}

/// What types of one value have in common that is no text: their value is read as that of the inner
/// type and converted.
#[doc(hidden)]
#[macro_export]
macro_rules! __newtype {
    (
        $(#[doc = $doc:literal])*
        #[derive($($derive:ident),*)]
        pub struct $name:ident($vis:vis $inner:ty);
        |$value:ident| $shown:expr;
        |$generator:ident| $schema:expr;
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, $($derive,)* $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde")]
        pub struct $name($vis $inner);

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let $value = &self.0;
                f.debug_tuple(stringify!($name)).field(&$shown).finish()
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

/// Access to the value in a type, and the way back to it.
#[doc(hidden)]
#[macro_export]
macro_rules! __inner {
    ($name:ident($inner:ty) -> $target:ty) => {
        impl ::std::ops::Deref for $name {
            type Target = $target;
            fn deref(&self) -> &$target {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
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
