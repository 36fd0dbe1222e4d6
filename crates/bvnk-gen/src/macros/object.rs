//! `object!`: a struct, its builder, serde, checks and a private `Debug`.

/// Declares the struct of an object schema. `#[wire(kind = "name")]` says how a
/// field appears in the JSON text, and under which name:
///
/// | kind | type of the field |
/// |---|---|
/// | `required` | `T` |
/// | `constant` | `T`, an enum of one value, which the builder fills in |
/// | `optional` | `Option<T>` |
/// | `nullable` | `Nullable<T>` |
/// | `optional_nullable` | `Option<Nullable<T>>` |
/// | `list` | `Vec<T>` |
/// | `optional_list` | `Option<Vec<T>>` |
///
/// `#[extra]` marks the field that takes every other member, and `#[closed(true)]` an object of
/// which the contract says that it has no others.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        #[builder($builder:ident)]
        $(#[closed($closed:literal)])?
        pub struct $name:ident {
            $($(#[doc = $field_doc:literal])* #[wire($kind:ident = $wire:literal)] pub $field:ident: $ty:ty,)*
            $(#[extra] pub $extra:ident: Extra,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, $crate::__private::serde::Serialize)]
        #[serde(crate = "bvnk_gen::__private::serde")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $field_doc])* #[doc = ""] #[doc = concat!("On the wire: `", stringify!($wire), "`.")]
            #[serde(rename = $wire, skip_serializing_if = "bvnk_gen::FromJson::is_absent")]
            pub $field: $crate::__field!(@type $kind $ty),)*
            $(/// The members that the contract does not name.
            #[serde(flatten)]
            pub $extra: $crate::Extra,)?
        }

        impl $name {
            /// Returns a builder without any field set.
            pub fn builder() -> $builder {
                ::std::default::Default::default()
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &$crate::__private::Shown(&self.$field)))*
                    $(.field(stringify!($extra), &self.$extra))?
                    .finish()
            }
        }

        impl $crate::FromJson for $name {
            #[allow(unused_variables, unused_mut, unreachable_code)]
            fn read(json: &str, reader: &mut $crate::__private::Reader) -> ::std::option::Option<Self> {
                $(let mut $field = ::std::option::Option::None;)*
                let keeps_unknown = false $(|| !stringify!($extra).is_empty())?;
                let others = reader.object(json, &[$($wire),*], keeps_unknown, &mut |name, json, reader| {
                    match name {
                        $($wire => reader.set($wire, json, &mut $field),)*
                        _ => return false,
                    }
                    true
                })?;
                $(let $field = reader.member($wire, $field);)*
                ::std::option::Option::Some(Self { $($field: $field?,)* $($extra: others,)? })
            }
        }

        $crate::__json! { $name, |generator| {
            let mut properties = $crate::__private::serde_json::Map::new();
            let mut required: ::std::vec::Vec<&str> = ::std::vec::Vec::new();
            $(properties.insert(
                $wire.to_owned(),
                generator.subschema_for::<$crate::__field!(@schema $kind $ty)>().into(),
            );
            if <$crate::__field!(@type $kind $ty) as $crate::FromJson>::absent().is_none() {
                required.push($wire);
            })*
            #[allow(unused_mut)]
            let mut schema = $crate::__private::schemars::json_schema!({
                "type": "object",
                "properties": properties,
                "required": required,
            });
            $(schema.insert("additionalProperties".to_owned(), (!$closed).into());)?
            schema
        } }

        #[doc = concat!("Builds [`", stringify!($name), "`].")]
        #[doc = ""]
        #[doc = concat!("Setters check what they are given; [`build`](", stringify!($builder), "::build) reports everything that does not fit.")]
        #[derive(Clone, Default)]
        #[must_use = "setters return the builder"]
        pub struct $builder {
            $($field: $crate::__private::Slot<$crate::__field!(@type $kind $ty)>,)*
            $($extra: $crate::Extra,)?
        }

        impl $builder {
            $($crate::__setter! {
                $kind $field: $ty = $wire, ["Sets `", stringify!($wire), "`",], $(#[doc = $field_doc])*
            })*

            $(/// Sets the members that the contract does not name.
            pub fn $extra(mut self, value: impl ::std::convert::Into<$crate::Extra>) -> Self {
                self.$extra = value.into();
                self
            })?

            /// Returns the value.
            ///
            /// # Errors
            ///
            /// Every field that is missing or does not fit, by its path on the wire and the
            /// rule that it breaks.
            pub fn build(self) -> ::std::result::Result<$name, $crate::ValidationError> {
                ::std::convert::TryInto::try_into(self)
            }
        }

        impl ::std::convert::TryFrom<$builder> for $name {
            type Error = $crate::ValidationError;

            #[allow(unused_variables, unused_mut)]
            fn try_from(builder: $builder) -> ::std::result::Result<Self, $crate::ValidationError> {
                let mut errors = $crate::ValidationError::none();
                $(let $field = builder.$field.take($wire, &mut errors);)*
                match ($($field,)*) {
                    ($(Some($field),)*) => Ok(Self { $($field,)* $($extra: builder.$extra,)? }),
                    #[allow(unreachable_patterns)]
                    _ => Err(errors),
                }
            }
        }

        impl ::std::convert::From<$name> for $builder {
            #[allow(unused_variables)]
            fn from(value: $name) -> Self {
                Self {
                    $($field: $crate::__private::Slot::Set(value.$field),)*
                    $($extra: value.$extra,)?
                }
            }
        }

        impl ::std::fmt::Debug for $builder {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($builder)).finish_non_exhaustive()
            }
        }
    };
}

/// What depends on the kind of a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    (@type required $t:ty) => { $t };
    (@type constant $t:ty) => { $t };
    (@type optional $t:ty) => { ::std::option::Option<$t> };
    (@type nullable $t:ty) => { $crate::Nullable<$t> };
    (@type optional_nullable $t:ty) => { ::std::option::Option<$crate::Nullable<$t>> };
    (@type list $t:ty) => { ::std::vec::Vec<$t> };
    (@type optional_list $t:ty) => { ::std::option::Option<::std::vec::Vec<$t>> };

    (@schema optional $t:ty) => { $t };
    (@schema optional_nullable $t:ty) => { $crate::Nullable<$t> };
    (@schema optional_list $t:ty) => { ::std::vec::Vec<$t> };
    (@schema $kind:ident $t:ty) => { $crate::__field!(@type $kind $t) };

    (@about required) => { " (required)." };
    (@about constant) => { " (required, and filled in: it has one value)." };
    (@about optional) => { " (optional), with a value or an `Option`." };
    (@about nullable) => { " (required, may be null), with a value, `Nullable` or an `Option`." };
    (@about optional_nullable) => { " (optional, may be null), with a value, `Nullable` or an `Option`, of which `None` leaves it out." };
    (@about list) => { " (required), with anything that yields items." };
    (@about optional_list) => { " (optional), with items or an `Option` of them. An empty list is sent." };
}

/// The setter of a field or of a parameter.
#[doc(hidden)]
#[macro_export]
macro_rules! __setter {
    ($kind:ident $field:ident: $t:ty = $wire:literal, [$($sets:tt)*], $(#[doc = $more:literal])*) => {
        #[doc = concat!($($sets)* $crate::__field!(@about $kind))]
        #[doc = ""]
        $(#[doc = $more])*
        pub fn $field<V, M>(mut self, value: V) -> Self
        where
            V: $crate::IntoField<$crate::__private::kind::$kind, $crate::__field!(@type $kind $t), M>,
        {
            self.$field = $crate::__private::Slot::from($crate::IntoField::into_field(value)).into();
            self
        }
    };
}
