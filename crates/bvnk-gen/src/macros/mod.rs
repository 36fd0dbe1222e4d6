//! The macros that `generated.rs` is written in: each takes one schema or operation of the
//! contract, as a Rust item with attributes, and expands to the types for it.
//!
//! They are exported for the tests of the generator, and are not a public interface.

mod enums;
mod newtype;
mod object;
mod operation;
mod text;
mod union;

/// serde's `Deserialize` by the type's own reader, and its JSON Schema.
#[doc(hidden)]
#[macro_export]
macro_rules! __json {
    ($name:ident, |$generator:ident| $schema:expr) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize(deserializer)
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            #[allow(unused_variables)]
            fn json_schema(
                $generator: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $schema
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

/// The first tokens if there is something in the brackets, or else the second ones.
#[doc(hidden)]
#[macro_export]
macro_rules! __if {
    ([] { $($then:tt)* } { $($else:tt)* }) => { $($else)* };
    ([$($some:tt)+] { $($then:tt)* } { $($else:tt)* }) => { $($then)* };
}

/// Names and values of a contract are documented as literals: a block of code would be run as a
/// test of the documentation.
#[cfg(doctest)]
pub mod names {
    use crate::Extra;

    bvnk_gen::text_enum! {
        pub enum Value {
            #[is_it] It = "\n```\ncompile_error!(\"run\")\n```\n",
        }
    }

    bvnk_gen::object! {
        #[builder(ObjectBuilder)]
        pub struct Object {
            #[wire(optional = "\n```\ncompile_error!(\"run\")\n```\n")]
            pub it: String,
            #[extra]
            pub extra: Extra,
        }
    }
}
