//! `client!` and `operation!`: the client and the calls of its operations.

/// Declares the client.
#[doc(hidden)]
#[macro_export]
macro_rules! client {
    ($(#[doc = $doc:literal])* pub struct Client;) => {
        $(#[doc = $doc])*
        #[doc = ""]
        #[doc = "Cloning is cheap if cloning the transport is."]
        #[derive(Clone)]
        pub struct Client<T> {
            base_url: $crate::BaseUrl,
            transport: T,
        }

        impl<T: $crate::Transport> Client<T> {
            /// Makes a client of the API at `base_url` that sends requests through `transport`.
            pub fn new(base_url: $crate::BaseUrl, transport: T) -> Self {
                Self { base_url, transport }
            }

            /// Returns the API's base URL.
            pub fn base_url(&self) -> &$crate::BaseUrl {
                &self.base_url
            }

            /// Returns what sends this client's requests.
            pub fn transport(&self) -> &T {
                &self.transport
            }

            /// Returns the same client on another transport, for instance on its own in a
            /// further layer.
            pub fn with_transport<U: $crate::Transport>(&self, transport: U) -> Client<U> {
                Client::new(self.base_url.clone(), transport)
            }
        }

        impl<T> ::std::fmt::Debug for Client<T> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct("Client").field("base_url", &self.base_url).finish_non_exhaustive()
            }
        }
    };
}

/// Declares the call of an operation: a builder with a setter for each argument.
///
/// `returns` is `json(T)`, `none`, `json_or_none(T, statuses without a body)`, or
/// `responses(T)` where statuses have different bodies. `argument` has the place, the kind
/// (as in `object!`), the name on the wire, and how a list is written; a body has its media type
/// for a name.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        #[operation($id:literal, $method:literal, $path:literal $(, idempotency = $key:literal)? $(, signed = $signed:literal)?)]
        #[returns($($returns:tt)*)]
        pub struct $name:ident {
            $($(#[doc = $field_doc:literal])*
            #[argument($place:ident, $kind:ident = $wire:literal, $list:ident)]
            $field:ident: $ty:ty,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[must_use = "nothing is sent before `send`: call `.send().await`"]
        pub struct $name<T: $crate::Transport> {
            client: Client<T>,
            call_options: T::Options,
            $($field: $crate::__operation!(@slot $place $crate::__field!(@type $kind $ty)),)*
        }

        impl<T: $crate::Transport> $name<T> {
            const OPERATION: &'static $crate::Operation = {
                static OPERATION: $crate::Operation = $crate::Operation::new(
                    $id, $method, $path, $crate::__operation!(@key $($key)?),
                    true $(&& $signed)?,
                );
                &OPERATION
            };

            pub(super) fn new(client: Client<T>) -> Self {
                Self {
                    client,
                    call_options: ::std::default::Default::default(),
                    $($field: $crate::__private::Slot::<$crate::__field!(@type $kind $ty)>::default().into(),)*
                }
            }

            $($crate::__setter! {
                $kind $field: $ty = $wire, [$crate::__operation!(@sets $place $wire),],
                $(#[doc = $field_doc])*
            })*

            /// Sets the options of this call.
            pub fn options(mut self, options: T::Options) -> Self {
                self.call_options = options;
                self
            }

            #[doc = concat!("Sends `", $method, "` to `", stringify!($path), "`.")]
            ///
            /// # Errors
            ///
            /// The transport's error. It is made of [`Error`]($crate::Error), with everything
            /// that does not fit, if the request or the response does not have the form that
            /// the contract describes, and if the response has a status other than success.
            pub fn send(
                self,
            ) -> impl ::std::future::Future<
                Output = ::std::result::Result<
                    $crate::ResponseValue<$crate::__operation!(@value $($returns)*)>,
                    T::Error,
                >,
            > + Send + use<T> {
                #[allow(unused_mut)]
                let mut parts = $crate::__private::RequestParts::new(Self::OPERATION);
                $(parts.$place($wire, $crate::__private::List::$list, self.$field);)*
                let Client { base_url, transport } = self.client;
                parts.send(
                    &base_url, transport, self.call_options, $crate::__operation!(@decode $($returns)*),
                )
            }
        }

        impl<T: $crate::Transport> ::std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// What depends on the place of an argument and on the kinds of success that an operation has.
#[doc(hidden)]
#[macro_export]
macro_rules! __operation {
    (@key $key:literal) => { ::std::option::Option::Some($key) };
    (@key) => { ::std::option::Option::None };

    (@slot body $ty:ty) => { $crate::__private::JsonBody };
    (@slot $place:ident $ty:ty) => { $crate::__private::Slot<$ty> };

    (@sets body $wire:literal) => { "Sets the body" };
    (@sets $place:ident $wire:literal) => { concat!("Sets the ", stringify!($place), " parameter `", stringify!($wire), "`") };

    (@value none) => { () };
    (@value json($ty:ty)) => { $ty };
    (@value json_or_none($ty:ty, $($empty:literal),*)) => { ::std::option::Option<$ty> };
    (@value responses($ty:ty)) => { $ty };

    (@decode none) => { |_, body| $crate::__private::no_body(body) };
    (@decode json($ty:ty)) => { |_, body| $crate::from_json_lenient::<$ty>(body) };
    (@decode json_or_none($ty:ty, $($empty:literal),*)) => {
        |status, body| match [$($empty),*].contains(&status) {
            true => $crate::__private::no_body(body).map(|()| None),
            false => $crate::from_json_lenient::<$ty>(body).map(Some),
        }
    };
    (@decode responses($ty:ty)) => { <$ty>::decode };
}
