//! Whether a call that failed was carried out.

use bvnk_auth::IdempotencyKey;
use bvnk_gen::tracking::Reference;

/// The answer to "did it happen?" for a call that failed: see
/// [`Error::outcome`](crate::Error::outcome).
///
/// ```no_run
/// use bvnk::Outcome;
///
/// # async fn create(client: bvnk::Client, request: bvnk::types::CreateCustomerRequest) {
/// if let Err(error) = client.create_customer().body(request).send().await {
///     match error.outcome() {
///         Outcome::NotDone => println!("nothing was created"),
///         Outcome::Unknown { key } => println!("repeat the call with the key {key:?}"),
///         Outcome::Done { reference } => println!("created: store {reference}"),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The call was not carried out. Calls that change nothing, such as a GET, are never
    /// carried out in this sense, and neither are waits: the error of a wait says nothing
    /// about the creation before it.
    NotDone,
    /// The call may have been carried out. Repeat it with the same key and
    /// [`CallOptions::retry_of_ambiguous`](crate::CallOptions::retry_of_ambiguous): the API
    /// carries out one key once.
    Unknown {
        /// The key of the call; `None` if the operation has none, or the contract does not allow
        /// the repetition.
        key: Option<IdempotencyKey>,
    },
    /// The call was carried out, but its response cannot be decoded.
    Done {
        /// The customer's reference, which was found in the response. Store it.
        reference: Reference,
    },
}
