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
/// `#[extra]` marks the field that takes every other member.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        #[builder($builder:ident)]
        pub struct $name:ident {
            $($(#[doc = $field_doc:literal])* #[wire($kind:ident = $wire:literal)] pub $field:ident: $ty:ty,)*
            $(#[extra] pub $extra:ident: Extra,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $field_doc])* #[doc = ""] #[doc = concat!("On the wire: `", $wire, "`.")]
            pub $field: $crate::__field!(@type $kind $ty),)*
            $(/// The members that the contract does not name.
            pub $extra: $crate::Extra,)?
        }

        impl $name {
            const NAMES: &'static [&'static str] = &[$($wire),*];
            const KEEPS_UNKNOWN: bool = $crate::__object!(@keeps $($extra)?);

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
                #[allow(unused_imports)]
                use $crate::__private::serde::ser::SerializeMap;
                #[allow(unused_mut)]
                let mut map = serializer.serialize_map(None)?;
                $($crate::__field!(@write $kind $wire, self.$field, map);)*
                $($crate::__private::serialize_extra(&self.$extra, &mut map)?;)?
                map.end()
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                struct Members;
                impl<'de> $crate::__private::serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("an object")
                    }

                    #[allow(unused_variables, unused_mut)]
                    fn visit_map<A: $crate::__private::serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> ::std::result::Result<$name, A::Error> {
                        use $crate::__private::{Key, serde::de::Error as _};
                        $(let mut $field = ::std::option::Option::None;)*
                        $(let mut $extra = $crate::Extra::new();)?
                        while let Some(key) =
                            map.next_key_seed(Key::seed($name::NAMES, $name::KEEPS_UNKNOWN))?
                        {
                            match key {
                                $(Key::Known($wire) if $field.is_some() => {
                                    return Err(A::Error::duplicate_field($wire));
                                }
                                Key::Known($wire) => {
                                    $field = Some($crate::__field!(@read $kind $ty, map));
                                })*
                                Key::Known(_) => {}
                                Key::Unknown(name) => $crate::__object!(@unknown map, name, $($extra)?),
                            }
                        }
                        Ok($name {
                            $($field: $crate::__field!(@absent $kind $wire, $field),)*
                            $($extra,)?
                        })
                    }
                }
                deserializer.deserialize_struct(stringify!($name), Self::NAMES, Members)
            }
        }

        impl $crate::FromJson for $name {
            fn check(json: &str, checker: &mut $crate::__private::Checker) {
                const MEMBERS: &[$crate::__private::Member] = &[$($crate::__private::Member {
                    name: $wire,
                    required: $crate::__field!(@required $kind),
                    check: <$crate::__field!(@check $kind $ty) as $crate::FromJson>::check,
                }),*];
                $crate::__private::check_object(json, MEMBERS, Self::KEEPS_UNKNOWN, checker);
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            #[allow(unused_variables, unused_mut)]
            fn json_schema(
                generator: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                let mut properties = $crate::__private::serde_json::Map::new();
                let mut required: ::std::vec::Vec<&str> = ::std::vec::Vec::new();
                $(properties.insert(
                    $wire.to_owned(),
                    generator.subschema_for::<$crate::__field!(@schema $kind $ty)>().into(),
                );
                if $crate::__field!(@required $kind) {
                    required.push($wire);
                })*
                $crate::__private::schemars::json_schema!({
                    "type": "object",
                    "properties": properties,
                    "required": required,
                })
            }
        }

        #[doc = concat!("Builds [`", stringify!($name), "`].")]
        #[doc = ""]
        #[doc = concat!("Setters check what they are given; [`build`](", stringify!($builder), "::build) reports everything that does not fit.")]
        #[derive(Clone)]
        #[must_use = "setters return the builder"]
        pub struct $builder {
            $($field: $crate::__private::Slot<$crate::__field!(@type $kind $ty)>,)*
            $($extra: $crate::Extra,)?
        }

        impl ::std::default::Default for $builder {
            fn default() -> Self {
                Self {
                    $($field: $crate::__field!(@initial $kind $ty),)*
                    $($extra: $crate::Extra::new(),)?
                }
            }
        }

        impl $builder {
            $($crate::__setter! {
                $kind $field: $ty = $wire, ["Sets `", $wire, "`",], $(#[doc = $field_doc])*
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
                let mut errors = $crate::__private::no_errors();
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

/// What depends on whether an object keeps members that it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    (@keeps $extra:ident) => {
        true
    };
    (@keeps) => {
        false
    };
    (@unknown $map:ident, $name:ident, $extra:ident) => {
        $extra.push($name, $map.next_value()?)
    };
    (@unknown $map:ident, $name:ident,) => {
        drop::<$crate::__private::serde::de::IgnoredAny>($map.next_value()?)
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

    // Null is refused where it is neither a value nor left out.
    (@check optional_nullable $t:ty) => { $crate::Nullable<$t> };
    (@check $kind:ident $t:ty) => { $crate::__field!(@type $kind $t) };

    (@required required) => { true };
    (@required constant) => { true };
    (@required nullable) => { true };
    (@required list) => { true };
    (@required $optional:ident) => { false };

    (@initial required $t:ty) => { $crate::__private::Slot::Missing };
    (@initial nullable $t:ty) => { $crate::__private::Slot::Missing };
    (@initial list $t:ty) => { $crate::__private::Slot::Missing };
    (@initial constant $t:ty) => { $crate::__private::Slot::Set(<$t>::ONLY) };
    (@initial $optional:ident $t:ty) => { $crate::__private::Slot::Set(::std::option::Option::None) };

    (@write optional $wire:literal, $value:expr, $map:ident) => {
        $crate::__field!(@write_some $wire, $value, $map)
    };
    (@write optional_nullable $wire:literal, $value:expr, $map:ident) => {
        $crate::__field!(@write_some $wire, $value, $map)
    };
    (@write optional_list $wire:literal, $value:expr, $map:ident) => {
        $crate::__field!(@write_some $wire, $value, $map)
    };
    (@write $required:ident $wire:literal, $value:expr, $map:ident) => {
        $map.serialize_entry($wire, &$value)?
    };
    (@write_some $wire:literal, $value:expr, $map:ident) => {
        if let Some(value) = &$value {
            $map.serialize_entry($wire, value)?;
        }
    };

    // Null is a value here; for an `Option` around it, it would be no value.
    (@read optional_nullable $t:ty, $map:ident) => {
        ::std::option::Option::Some($map.next_value::<$crate::Nullable<$t>>()?)
    };
    (@read $kind:ident $t:ty, $map:ident) => {
        $map.next_value::<$crate::__field!(@type $kind $t)>()?
    };

    (@absent optional $wire:literal, $value:ident) => { $value.flatten() };
    (@absent optional_nullable $wire:literal, $value:ident) => { $value.flatten() };
    (@absent optional_list $wire:literal, $value:ident) => { $value.flatten() };
    (@absent $required:ident $wire:literal, $value:ident) => {
        match $value {
            Some(value) => value,
            None => return Err(A::Error::missing_field($wire)),
        }
    };
}

/// The setter of a field or of a parameter.
#[doc(hidden)]
#[macro_export]
macro_rules! __setter {
    (required $($rest:tt)*) => {
        $crate::__setter! { @one " (required)."; $($rest)* }
    };
    (constant $($rest:tt)*) => {
        $crate::__setter! { @one " (required, and filled in: it has one value)."; $($rest)* }
    };
    (optional $($rest:tt)*) => {
        $crate::__setter! { @marked " (optional), with a value or an `Option`.", IntoOptional into_optional; $($rest)* }
    };
    (nullable $($rest:tt)*) => {
        $crate::__setter! { @marked " (required, may be null), with a value, `Nullable` or an `Option`.", IntoNullable into_nullable; $($rest)* }
    };
    (optional_nullable $($rest:tt)*) => {
        $crate::__setter! { @marked " (optional, may be null), with a value, `Nullable` or an `Option`, of which `None` leaves it out.", IntoOptionalNullable into_optional_nullable; $($rest)* }
    };
    (list $($rest:tt)*) => {
        $crate::__setter! { @marked " (required), with anything that yields items.", IntoList into_list; $($rest)* }
    };
    (optional_list $($rest:tt)*) => {
        $crate::__setter! { @marked " (optional), with items or an `Option` of them. An empty list is sent.", IntoOptionalList into_optional_list; $($rest)* }
    };
    (@one $about:literal; $field:ident: $t:ty = $wire:literal, [$($sets:tt)*], $(#[doc = $more:literal])*) => {
        #[doc = concat!($($sets)* $about)]
        #[doc = ""]
        $(#[doc = $more])*
        pub fn $field<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<$t, Error: 'static>,
        {
            self.$field = $crate::__private::Slot::of($crate::__private::convert::<$t, V>(value), $wire).into();
            self
        }
    };
    (@marked $about:literal, $trait:ident $convert:ident; $field:ident: $t:ty = $wire:literal, [$($sets:tt)*], $(#[doc = $more:literal])*) => {
        #[doc = concat!($($sets)* $about)]
        #[doc = ""]
        $(#[doc = $more])*
        pub fn $field<V, M>(mut self, value: V) -> Self
        where
            V: $crate::$trait<$t, M>,
        {
            self.$field = $crate::__private::Slot::of($crate::$trait::$convert(value), $wire).into();
            self
        }
    };
}
