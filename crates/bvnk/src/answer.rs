//! What a successful answer carries besides its value.

use bvnk_auth::{CallInfo, IdempotencyKey};
use bvnk_gen::ResponseValue;

use crate::headers::trace_id;

/// What the client knows of a call that succeeded; [`Error`](crate::Error) says the same
/// of one that did not. The status is [`ResponseValue::status`].
///
/// ```no_run
/// use bvnk::Answer;
///
/// # async fn look(client: bvnk::Client) -> Result<(), bvnk::Error> {
/// let customer = client.get_customer().reference("c-1").send().await?;
/// println!("{} after {} attempts", customer.status(), customer.attempts());
/// # Ok(())
/// # }
/// ```
pub trait Answer: sealed::Sealed {
    /// How often the request was sent; 0 if the transport does not count.
    fn attempts(&self) -> u32;

    /// The key that the call was made with.
    fn idempotency_key(&self) -> Option<IdempotencyKey>;

    /// What the vendor can find the call by.
    fn trace_id(&self) -> Option<&str>;
}

impl<T> Answer for ResponseValue<T> {
    fn attempts(&self) -> u32 {
        self.extensions().get().map_or(0, CallInfo::attempts)
    }

    fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.extensions().get().and_then(CallInfo::idempotency_key)
    }

    fn trace_id(&self) -> Option<&str> {
        trace_id(self.headers())
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for bvnk_gen::ResponseValue<T> {}
}
