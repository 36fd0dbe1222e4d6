//! What a successful response has besides its value.

use bvnk_auth::{CallInfo, IdempotencyKey};
use bvnk_gen::ResponseValue;

use crate::call_context::CallContext;
use crate::headers::trace_id;

/// Facts about a call that succeeded; [`Error`](crate::Error) has the same of
/// one that failed. The status is [`ResponseValue::status`].
///
/// ```no_run
/// use bvnk::ResponseExt;
///
/// # async fn get(client: bvnk::Client) -> Result<(), bvnk::Error> {
/// let customer = client.get_customer().reference("c-1").send().await?;
/// println!("{} after {} attempts", customer.status(), customer.attempts());
/// # Ok(())
/// # }
/// ```
pub trait ResponseExt: sealed::Sealed {
    /// Returns what the layers recorded about the call, if the transport has layers.
    fn call_info(&self) -> Option<CallInfo>;

    /// Returns how often the request was sent; 0 if the transport does not count.
    fn attempts(&self) -> u32 {
        self.call_info().map_or(0, |info| info.attempts)
    }

    /// Returns the key that the call was made with.
    fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.call_info()?.idempotency_key
    }

    /// Returns the id by which the vendor finds the call.
    fn trace_id(&self) -> Option<&str>;
}

impl<T> ResponseExt for ResponseValue<T> {
    fn call_info(&self) -> Option<CallInfo> {
        let context = self.extensions().get::<CallContext>()?;
        Some(context.call.info())
    }

    fn trace_id(&self) -> Option<&str> {
        trace_id(self.headers())
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for bvnk_gen::ResponseValue<T> {}
}
