//! The work that the benches measure: one customer created in three ways.
//!
//! | implementation | what it is |
//! |---|---|
//! | [`Bvnk`](bvnk_client::Bvnk) | the client with its defaults |
//! | [`ByHand`](by_hand::ByHand) | serde_json, ring and reqwest without layers |
//! | [`Middleware`](middleware::Middleware) | the same with reqwest-middleware and reqwest-retry |
//!
//! All three are configured alike and call the same server (`server`). How they are
//! measured is in `benches/`, the results are in `docs/performance.md`.

pub mod bvnk_client;
pub mod by_hand;
pub mod middleware;
pub mod server;
pub mod signature;
pub mod signer;

use std::hint::black_box;

use bvnk::types::CreateCustomerRequest;
use http::HeaderValue;
use serde::Deserialize;
use serde_json::Value;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// The result of setting up or measuring.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The path of the API's customers.
pub const PATH: &str = "/platform/v1/customers";

/// The Hawk id that every implementation signs with.
pub const ID: &str = "dh37fgj492je";

/// The Hawk key that every implementation signs with.
pub const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

/// How often the bench `instructions` does what it measures.
pub const ROUNDS: usize = 100;

/// One way to create a customer.
pub trait Create: Sized + Send + Sync + 'static {
    /// The name in tables.
    const NAME: &str;

    /// Makes a client of the server at `url`.
    ///
    /// # Errors
    ///
    /// When the client cannot be built.
    fn new(url: &str) -> Result<Self>;

    /// Creates a customer.
    ///
    /// # Errors
    ///
    /// When the call fails.
    fn create(&self, request: CreateCustomerRequest) -> impl Future<Output = Result<()>> + Send;
}

/// Returns the example request of the contract.
///
/// # Errors
///
/// When the contract has none.
pub fn example() -> Result<CreateCustomerRequest> {
    const EXAMPLE: &str =
        "/paths/~1platform~1v1~1customers/post/requestBody/content/application~1json/example";
    let contract: Value = serde_json::from_str(include_str!("../../bvnk-simulator/contract.json"))?;
    let example = contract
        .pointer(EXAMPLE)
        .ok_or("the contract has no example of a creation")?;
    Ok(bvnk::from_json(example.to_string().as_bytes())?)
}

/// Returns the body of a request, in a buffer of the size that the client starts with.
///
/// # Errors
///
/// When it cannot be written.
pub fn json(request: &CreateCustomerRequest) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(1024);
    serde_json::to_writer(&mut body, request)?;
    Ok(body)
}

/// Returns a fresh idempotency key.
///
/// # Errors
///
/// Never in practice: a UUID is a header value.
pub fn key() -> Result<HeaderValue> {
    let mut key = Uuid::encode_buffer();
    let key = Uuid::new_v4().hyphenated().encode_lower(&mut key);
    Ok(HeaderValue::from_str(key)?)
}

/// What a service would read of a response if it had no client: the client's own type keeps
/// unknown members and reports every violation.
#[derive(Deserialize)]
struct Created {
    reference: String,
    status: String,
}

/// Reads the customer of a response.
///
/// # Errors
///
/// When the response is not a success with a customer.
pub async fn read(response: reqwest::Response) -> Result<()> {
    let body = response.error_for_status()?.bytes().await?;
    let created: Created = serde_json::from_slice(&body)?;
    black_box((created.reference, created.status));
    Ok(())
}

/// Returns a runtime on one thread. The other core is the server's.
///
/// # Errors
///
/// When the system refuses it.
pub fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
